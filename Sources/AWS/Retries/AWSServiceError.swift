import FoundationEssentials
import HTTP

/// An error as a service answered it.
struct AWSServiceError: Error, Sendable, Equatable {
    let code: String
    let message: String
    let status: Int
    let requestId: String?
    /// The server's own wish, in seconds.
    let retryAfterSeconds: Double?
    /// The server's clock.
    let serverDate: Date?
    /// Where the bucket lies, when S3 says so.
    let bucketRegion: String?
}
