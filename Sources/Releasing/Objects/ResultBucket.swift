package import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc

/// The results of one asset in S3: `s3://<bucket>/<prefix>/<assetId>/`.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
package struct ResultBucket: ResultObjects {
    /// `s3://<bucket>/<prefix>/<assetId>`.
    package var location: String { "s3://\(bucket)/\(prefix.dropLast())" }

    private let bucket: String
    /// With its slash at the end.
    private let prefix: String
    private let region: String
    private let aws: any AWSCaller

    private static let longestSeconds = 30.0
    private static let limitBytes = 64 << 20

    /// Names a place; asks for nothing.
    ///
    /// - Parameters:
    ///   - address: `s3://bucket/prefix`, where all assets' results are.
    ///   - folder: the asset's own, perhaps with a folder below it.
    ///   - region: the bucket's.
    ///   - source: where the address was written, for the error.
    /// - Throws: `results.address`.
    package init(
        address: String, folder: String, region: String, aws: any AWSCaller, source: String
    ) throws {
        let scheme = "s3://"
        guard address.hasPrefix(scheme) else { throw Self.problem(address, source) }
        var parts = address.dropFirst(scheme.count)
            .split(separator: "/", omittingEmptySubsequences: false)
        bucket = String(parts.removeFirst())
        guard ManifestForm.isBucket(bucket), !address.contains(where: \.isNewline) else {
            throw Self.problem(address, source)
        }
        // One slash at the end.
        if parts.last == "" { parts.removeLast() }
        guard !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
            throw Self.problem(address, source)
        }
        prefix = (parts.map(String.init) + [folder, ""]).joined(separator: "/")
        self.region = region
        self.aws = aws
    }

    package func list() async throws -> [String: String] {
        let objects = try await inBucket {
            try await aws.all(
                ListObjectsV2(bucket: bucket, prefix: prefix, delimiter: "/"), region: region)
        }
        var versions: [String: String] = [:]
        for object in objects { versions[String(object.key.dropFirst(prefix.count))] = object.etag }
        return versions
    }

    /// The assets whose results lie beside these and hold an object of a name: one list of all.
    ///
    /// - Parameter folder: the asset's own, as in `init`.
    package func assets(besides folder: String, holding name: String) async throws -> [String] {
        let root = String(prefix.dropLast(folder.count + 1))
        let objects = try await inBucket {
            try await aws.all(ListObjectsV2(bucket: bucket, prefix: root), region: region)
        }
        return objects.compactMap { object in
            let parts = object.key.dropFirst(root.count)
                .split(separator: "/", omittingEmptySubsequences: false)
            return parts.count == 2 && parts[1] == name && parts[0] != folder
                ? String(parts[0]) : nil
        }
    }

    package func read(_ name: String) async throws -> ResultObject? {
        do {
            let call = GetObject(
                bucket: bucket, key: prefix + name, limitBytes: Self.limitBytes,
                longestSeconds: Self.longestSeconds)
            let object = try await inBucket { try await aws.call(call, region: region) }
            let head = object.head
            let ageSeconds = head.answeredAt.flatMap { now in
                head.lastModified.map { now.timeIntervalSince($0) }
            }
            return ResultObject(bytes: object.body, version: head.etag, ageSeconds: ageSeconds)
        } catch let problem as Diagnostic where problem.code == "aws.NoSuchKey" {
            return nil
        }
    }

    package func write(
        _ name: String, _ bytes: [UInt8], over version: String?
    ) async throws -> String? {
        let call = PutObject(
            bucket: bucket, key: prefix + name, bytes: bytes,
            contentType: name.hasSuffix(".ndjson") ? "application/x-ndjson" : "application/json",
            ifMatch: version, ifNoneMatch: version == nil ? "*" : nil,
            longestSeconds: Self.longestSeconds)
        return try await conditionally { try await aws.call(call, region: region) }
    }

    package func delete(_ name: String, version: String) async throws -> Bool {
        let call = DeleteObject(bucket: bucket, key: prefix + name, ifMatch: version)
        return try await conditionally {
            try await aws.call(call, region: region)
            return true
        } ?? false
    }

    /// Nil where the object is another than was said, or not there though it was said to be.
    private func conditionally<T: Sendable>(_ call: () async throws -> T) async throws -> T? {
        do {
            return try await inBucket(call)
        } catch let problem as Diagnostic
            where ["aws.PreconditionFailed", "aws.NoSuchKey"].contains(problem.code)
        {
            return nil
        }
    }

    /// Says of a bucket that is not there that the results were to be in it.
    private func inBucket<T: Sendable>(_ call: () async throws -> T) async throws -> T {
        do {
            return try await call()
        } catch let problem as Diagnostic where problem.code == "aws.NoSuchBucket" {
            throw Diagnostic(
                code: "results.no-bucket", severity: .configuration,
                summary: "there is no bucket `\(bucket)` for the results", location: location,
                causes: problem.causes,
                hint: "deploy it with `dssbatch setup-vm-bucket`, or name another with `--results`")
        }
    }

    private static func problem(_ address: String, _ source: String) -> Diagnostic {
        Diagnostic(
            code: "results.address", severity: .configuration,
            summary: "`\(address)` is no address in S3", location: source,
            hint: "write it as `s3://bucket/prefix`, in the bucket's own region")
    }
}
