import AWS

/// The page that the distribution shows for what is not there, which its stack maps and cannot
/// write.
struct NotFoundPage: Sendable, Equatable {
    let bucket: String
    let key: String

    private static let bucketOutput = "VMBucketId"
    private static let keyOutput = "NotFoundPageKey"
    private static let longestSeconds = 60.0
    static let text = """
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <title>Not here</title>
        <h1>There is no such file</h1>
        <p>It may have been replaced by a newer image, or withdrawn. The notes of the newest release
        show where its images are.</p>
        </html>

        """

    /// - Parameter outputs: of a stack; nil where it maps no such page.
    init?(outputs: [String: String]) {
        guard let bucket = outputs[Self.bucketOutput], let key = outputs[Self.keyOutput] else {
            return nil
        }
        self.bucket = bucket
        self.key = key
    }

    /// Writes it, over what is there.
    func put(aws: any AWSCaller, region: String) async throws {
        _ = try await aws.call(
            PutObject(
                bucket: bucket, key: key, bytes: Array(Self.text.utf8),
                contentType: "text/html; charset=utf-8", cacheControl: "no-cache",
                longestSeconds: Self.longestSeconds),
            region: region)
    }
}
