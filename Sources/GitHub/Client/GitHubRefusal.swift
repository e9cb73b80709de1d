import Diagnostics
import FoundationEssentials
import HTTP
import JSON

/// An answer that says no.
struct GitHubRefusal: Sendable, Equatable {
    let status: Int
    let message: String
    /// Such as `ReleaseAsset.name already_exists`.
    let errors: [String]
    /// The server's own wish.
    let retryAfterSeconds: Double?
    /// Seconds since 1970 at which a used-up limit is filled again; nil where it is not used up.
    let limitResetAt: Double?

    /// Reads an answer; what it says may be anything.
    init(_ response: HTTPResponse) {
        let json = try? JSONValue.parse(response.body, source: "answer")
        status = response.status
        message = String((json?["message"]?.stringValue ?? "").prefix(300))
        errors = (json?["errors"]?.arrayValue ?? []).prefix(5).map { error in
            if let text = error.stringValue ?? error["message"]?.stringValue { return text }
            let parts = ["resource", "field", "code"].compactMap { error[$0]?.stringValue }
            return parts.joined(separator: " ")
        }
        retryAfterSeconds = response.header("Retry-After").flatMap { Double($0) }
            .flatMap { $0 >= 0 ? $0 : nil }
        let isUsedUp = response.header("X-RateLimit-Remaining") == "0"
        limitResetAt = isUsedUp ? response.header("X-RateLimit-Reset").flatMap { Double($0) } : nil
    }

    /// Whether too much was asked in too short a time; then nothing was done.
    ///
    /// Source: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
    var isRateLimit: Bool {
        guard status == 403 || status == 429 else { return false }
        return status == 429 || retryAfterSeconds != nil || limitResetAt != nil
            || message.lowercased().contains("rate limit")
    }

    /// Whether the same call may succeed in a moment.
    var isPassing: Bool { [500, 502, 503, 504].contains(status) }

    /// Whether something of that name is there already.
    var isTaken: Bool { status == 422 && errors.contains { $0.contains("already_exists") } }
}
