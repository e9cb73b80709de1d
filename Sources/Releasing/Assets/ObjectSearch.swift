import AWS
import Diagnostics

/// Looks for an asset's objects and unfinished uploads in one folder of a bucket.
struct ObjectSearch: Sendable {
    let aws: any AWSCaller
    let pattern: AssetPattern

    /// Objects by their tags, whatever their keys say; uploads, which have no tags, where their
    /// key is the one that a release of the asset gives to an image.
    func assets(in folder: AssetPlaces.Folder) async throws -> [Asset] {
        do {
            return try await objects(in: folder) + uploads(in: folder)
        } catch let problem as Diagnostic where problem.code == "aws.NoSuchBucket" {
            return []
        }
    }

    private func objects(in folder: AssetPlaces.Folder) async throws -> [Asset] {
        let listed = try await aws.all(
            ListObjectsV2(bucket: folder.bucket, prefix: folder.prefix), region: folder.region)
        return try await ConcurrentMap.map(listed) { object -> Asset? in
            guard
                let tags = try await Self.tags(
                    aws, bucket: folder.bucket, key: object.key, region: folder.region),
                let id = tags[ResourceNames.assetTag], pattern.matches(id)
            else { return nil }
            var asset = Asset.object(
                object, bucket: folder.bucket, region: folder.region, assetId: id,
                runId: tags[ResourceNames.runTag])
            asset.retiredAt = tags[ResourceNames.retiredTag]
            return asset
        }.compactMap { $0 }
    }

    /// An object's tags; nil where it is gone.
    static func tags(
        _ aws: any AWSCaller, bucket: String, key: String, region: String
    ) async throws -> [AWSTag]? {
        do {
            return try await aws.call(GetObjectTagging(bucket: bucket, key: key), region: region)
        } catch let problem as Diagnostic
            where ["aws.NoSuchKey", "aws.NoSuchBucket"].contains(problem.code)
        {
            return nil
        }
    }

    private func uploads(in folder: AssetPlaces.Folder) async throws -> [Asset] {
        let listed = try await aws.all(
            ListMultipartUploads(bucket: folder.bucket, prefix: folder.prefix),
            region: folder.region)
        return try await ConcurrentMap.map(listed) { upload -> Asset? in
            guard let id = ResourceNames.assetId(ofExportKey: upload.key), pattern.matches(id)
            else { return nil }
            var asset = Asset(
                kind: .upload, id: upload.uploadId, region: folder.region, assetId: id)
            asset.bucket = folder.bucket
            asset.key = upload.key
            asset.createdAt = upload.initiated
            asset.sizeBytes = try await sizeBytes(of: upload, in: folder)
            asset.proof = .key
            return asset
        }.compactMap { $0 }
    }

    private func sizeBytes(
        of upload: S3Upload, in folder: AssetPlaces.Folder
    ) async throws -> Int64? {
        do {
            return try await aws.all(
                ListParts(bucket: folder.bucket, key: upload.key, uploadId: upload.uploadId),
                region: folder.region
            ).reduce(0) { $0 + ($1.sizeBytes ?? 0) }
        } catch let problem as Diagnostic where problem.code == "aws.NoSuchUpload" {
            return nil
        }
    }
}

extension ResourceNames {
    /// The asset id in a key of `exportKeys`; nil for any other key.
    static func assetId(ofExportKey key: String) -> String? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        let id = String(parts[parts.count - 2])
        let tail = "\(id)/\(parts[parts.count - 1])"
        let isExport = ImageFormat.allCases.contains {
            exportKeys(prefix: "", assetId: id, format: $0).revision(of: tail) != nil
        }
        return isExport ? id : nil
    }
}
