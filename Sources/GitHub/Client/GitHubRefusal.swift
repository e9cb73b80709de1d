import Diagnostics
import FoundationEssentials
import Glibc
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
        message = String(
            ShownText.redacted(json?["message"]?.stringValue ?? "").prefix(300))
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

    /// What it means for a further attempt.
    ///
    /// - Parameters:
    ///   - progress: how far the call has come.
    ///   - now: seconds since 1970.
    func setback(after progress: RetryPolicy.Progress, now: Double) -> Setback {
        if isRateLimit {
            var setback = Setback(isPassing: true, isCertainlyUndone: true)
            setback.limitSeconds = limitSeconds(met: progress.limits, now: now)
            return setback
        }
        return status >= 500 && status != 501
            ? .trouble(wishSeconds: retryAfterSeconds ?? 0) : .refusal
    }

    /// GitHub's advice where a secondary limit names no time.
    private static let secondaryLimitSeconds: Double = 60

    private func limitSeconds(met: Int, now: Double) -> Double {
        if let wish = retryAfterSeconds { return max(1, wish) }
        // One second more, for clocks that differ by a fraction.
        if let reset = limitResetAt { return max(1, reset - now + 1) }
        return Self.secondaryLimitSeconds * pow(2, Double(met))
    }

    /// Whether something of that name is there already.
    var isTaken: Bool { status == 422 && errors.contains { $0.contains("already_exists") } }
}
