import Diagnostics
import FoundationEssentials
import Glibc
import HTTP

/// What went wrong with a call, as a person sees it.
struct GitHubFailure: Sendable {
    let call: ServerCall
    let repository: RepositoryName
    let server: GitHubServer
    /// The attempt that failed.
    var attempt = 1

    private var name: String { "`\(repository)`" }

    /// GitHub answered with an error status.
    func refused(_ refusal: GitHubRefusal, isOutcomeUnknown: Bool) -> Diagnostic {
        if isOutcomeUnknown { return words.outcomeUnknown([said(refusal)]) }
        if refusal.isRateLimit { return rateLimited(refusal) }
        return Diagnostic(
            code: refusal.isTaken ? "github.already-exists" : "github.\(refusal.status)",
            severity: refusal.status == 401 ? .configuration : .failure,
            summary: summary(refusal), causes: [said(refusal)], hint: hint(refusal),
            isTrouble: refusal.status >= 500)
    }

    /// No whole answer came.
    func lost(_ failure: HTTPFailure, isOutcomeUnknown: Bool) -> Diagnostic {
        words.lost(
            failure,
            causes: [redacted("\(failure.message) (\(failure.kind.rawValue), \(tried))")],
            attempt: tried, isOutcomeUnknown: isOutcomeUnknown,
            hint: failure.kind == .tls
                ? "check the certificate authorities (`SSL_CERT_FILE` or `CURL_CA_BUNDLE`; "
                    + "`AWS_CA_BUNDLE` is for AWS alone) and the machine's clock"
                : "check the network, any proxy (`HTTPS_PROXY`) and `GITHUB_API_URL`, then run the "
                    + "same command again")
    }

    /// The answer is none to this call.
    func garbled(_ why: Diagnostic, isOutcomeUnknown: Bool) -> Diagnostic {
        let causes = why.causes + [tried]
        return isOutcomeUnknown
            ? words.outcomeUnknown(causes) : words.garbled(causes, hint: why.hint)
    }

    private var words: FailureWords {
        FailureWords(
            area: "github", call: "\(call.purpose) in \(repository)",
            server: "GitHub at `\(server.apiUrl)`")
    }

    private var tried: String { "attempt \(attempt)" }

    private func rateLimited(_ refusal: GitHubRefusal) -> Diagnostic {
        let until = refusal.limitResetAt.map {
            " at \(Timestamp.text(Date(timeIntervalSince1970: $0)))"
        }
        return Diagnostic(
            code: "github.rate-limit",
            summary: "the rate limit of GitHub is used up, and waiting for it would take too long",
            causes: [said(refusal)],
            hint: "run the same command again\(until ?? " in an hour"), or with a token of its own",
            isTrouble: true)
    }

    private func summary(_ refusal: GitHubRefusal) -> String {
        switch refusal.status {
        case 401: "GitHub does not accept the token"
        case 403: "the token may not \(call.purpose) in \(name)"
        case 404:
            "GitHub cannot \(call.purpose) in \(name): there is no such thing, or the token "
                + "may not see it"
        case 301, 302, 307, 308: "the repository \(name) has moved"
        default: "GitHub does not \(call.purpose) in \(name)"
        }
    }

    private func hint(_ refusal: GitHubRefusal) -> String {
        switch refusal.status {
        case 401: "set `GITHUB_TOKEN` to a token that is neither mistyped nor expired"
        case 403 where refusal.message.contains("SAML"):
            "authorise the token for the organisation's single sign-on in GitHub's settings"
        case 403:
            "give the token the permission `contents: write` for \(name); in a workflow, write "
                + "`permissions: contents: write`"
        case 404:
            "check `/release/repository` and the release's id (`gh api repos/\(repository)"
                + "/releases` lists them); a draft is seen only with the permission "
                + "`contents: write`"
        case 301, 302, 307, 308: "put its present name into `/release/repository`"
        case 422 where refusal.isTaken: "run the same command again"
        case 500...: "GitHub has trouble: see https://www.githubstatus.com, then run it again"
        default: "correct what the answer names, then run the same command again"
        }
    }

    private func said(_ refusal: GitHubRefusal) -> String {
        let words = ([refusal.message] + refusal.errors).filter { !$0.isEmpty }
        let text = words.isEmpty ? "without a word" : words.joined(separator: "; ")
        return redacted("GitHub answered \(refusal.status): \(text) (\(tried))")
    }

    private func redacted(_ text: String) -> String {
        SecretRedaction([server.token].compactMap { $0 }).redacted(text)
    }
}
