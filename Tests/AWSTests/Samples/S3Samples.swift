import AWS
import HTTP
import JSON

extension OperationSample {
    static func s3Objects(_ random: inout SampleFields) -> [OperationSample] {
        let (bucket, key, text) = (random.bucket(), random.key(), random.text())
        let (tags, token) = (random.tags(), random.text())
        let at: [(String, JSONValue)] = [("Bucket", bucket.json), ("Key", key.json)]
        func with(_ more: (String, JSONValue)...) -> JSONValue { JSONValue(members: at + more) }
        let inBucket: JSONValue = ["Bucket": bucket.json]
        return [
            OperationSample(HeadBucket(bucket: bucket), inBucket),
            OperationSample(GetBucketLocation(bucket: bucket), inBucket),
            OperationSample(GetBucketEncryption(bucket: bucket), inBucket),
            OperationSample(
                HeadObject(bucket: bucket, key: key), with(("ChecksumMode", "ENABLED"))),
            OperationSample(
                GetObject(bucket: bucket, key: key, range: "bytes=0-99", ifMatch: "\"e\""),
                with(("Range", "bytes=0-99"), ("IfMatch", "\"e\""))),
            OperationSample(
                PutObject(
                    bucket: bucket, key: key, body: .bytes(Array(text.utf8)),
                    contentType: "text/plain", ifMatch: "\"e\"", ifNoneMatch: "*", tags: tags),
                with(
                    ("Body", text.json), ("ContentType", "text/plain"), ("IfMatch", "\"e\""),
                    ("IfNoneMatch", "*"), ("Tagging", tags.header))),
            OperationSample(
                DeleteObject(bucket: bucket, key: key, ifMatch: "\"e\""),
                with(("IfMatch", "\"e\""))),
            OperationSample(
                ListObjectsV2(
                    bucket: bucket, prefix: key, delimiter: "/", pageSize: 7, pageToken: token),
                [
                    "Bucket": bucket.json, "Prefix": key.json, "Delimiter": "/", "MaxKeys": 7,
                    "ContinuationToken": token.json,
                ]),
            OperationSample(GetObjectTagging(bucket: bucket, key: key), with()),
            OperationSample(
                PutObjectTagging(bucket: bucket, key: key, tags: tags),
                with(("ChecksumAlgorithm", "SHA256"), ("Tagging", ["TagSet": tags.json]))),
        ]
    }

    static func s3Uploads(_ random: inout SampleFields) -> [OperationSample] {
        let (bucket, key, upload) = (random.bucket(), random.key(), "u\(random.number(0...99))+/=")
        let (tags, text, number) = (random.tags(), random.text(), random.number(1...10_000))
        let at: [(String, JSONValue)] = [("Bucket", bucket.json), ("Key", key.json)]
        func with(_ more: (String, JSONValue)...) -> JSONValue { JSONValue(members: at + more) }
        let id = ("UploadId", upload.json)
        return [
            OperationSample(
                CreateMultipartUpload(
                    bucket: bucket, key: key, tags: tags, checksumAlgorithm: "CRC64NVME",
                    checksumType: "FULL_OBJECT"),
                with(
                    ("ContentType", "application/octet-stream"), ("Tagging", tags.header),
                    ("ChecksumAlgorithm", "CRC64NVME"), ("ChecksumType", "FULL_OBJECT"))),
            OperationSample(
                UploadPartCopy(
                    bucket: bucket, key: key, uploadId: upload, partNumber: number,
                    source: S3CopySource(bucket: "other", key: key + text), range: 5...9,
                    ifSourceMatches: "\"e\""),
                with(
                    id, ("PartNumber", number.json), ("CopySourceRange", "bytes=5-9"),
                    ("CopySourceIfMatch", "\"e\""),
                    ("CopySource", ["Bucket": "other", "Key": (key + text).json]))),
            OperationSample(
                CompleteMultipartUpload(
                    bucket: bucket, key: key, uploadId: upload,
                    parts: [
                        S3Part(number: 1, etag: "\"a\""), S3Part(number: number, etag: text),
                    ], ifNoneMatch: "*"),
                with(
                    id, ("IfNoneMatch", "*"),
                    (
                        "MultipartUpload",
                        [
                            "Parts": [
                                ["ETag": "\"a\"", "PartNumber": 1],
                                ["ETag": text.json, "PartNumber": number.json],
                            ]
                        ]
                    ))),
            OperationSample(
                AbortMultipartUpload(bucket: bucket, key: key, uploadId: upload), with(id)),
            OperationSample(
                ListMultipartUploads(bucket: bucket, prefix: text, pageToken: "id k \(text)"),
                [
                    "Bucket": bucket.json, "EncodingType": "url", "Prefix": text.json,
                    "KeyMarker": "k \(text)".json,
                    "UploadIdMarker": "id",
                ]),
            OperationSample(
                ListParts(bucket: bucket, key: key, uploadId: upload, pageToken: "7"),
                with(id, ("PartNumberMarker", 7))),
        ]
    }
}
