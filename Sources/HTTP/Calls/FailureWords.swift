package import Diagnostics

/// How the errors of calls name one server: the one place where a lost call becomes a `Diagnostic`.
package struct FailureWords: Sendable {
    /// How codes begin: `aws`, `github`, `docker`.
    private let area: String
    /// What was called, as a sentence's object: `ec2:DescribeImages`, `read release 7 in o/n`.
    private let call: String
    /// What did not answer, as a sentence's subject: `GitHub at api.github.com`.
    private let server: String

    /// Names a server and a call of it.
    package init(area: String, call: String, server: String) {
        self.area = area
        self.call = call
        self.server = server
    }

    /// No whole answer came.
    ///
    /// - Parameters:
    ///   - failure: what came instead.
    ///   - causes: in the server's own words; nil for libcurl's.
    ///   - attempt: the last one, such as `attempt 2 of 3`.
    ///   - isOutcomeUnknown: whether nobody knows if the call was carried out.
    ///   - hint: where the common one does not serve.
    package func lost(
        _ failure: HTTPFailure, causes: [String]? = nil, attempt: String,
        isOutcomeUnknown: Bool, hint: String? = nil
    ) -> Diagnostic {
        let causes = causes ?? ["\(failure.message) (\(failure.kind.rawValue), \(attempt))"]
        if isOutcomeUnknown { return outcomeUnknown(causes) }
        switch failure.kind {
        case .bodyTooLong:
            return garbled(causes, hint: "narrow what is asked for, or check that \(server) is it")
        case .badRequest:
            return Diagnostic(
                code: "\(area).request", severity: .configuration,
                summary: "`\(call)` cannot be sent to \(server)", causes: causes,
                hint: "correct the value that it names")
        default:
            return Diagnostic(
                code: "\(area).unreachable", summary: "`\(call)`: \(server) cannot be reached",
                causes: causes, hint: hint ?? Self.hint(failure.kind), isTrouble: true)
        }
    }

    /// Whatever answered, it was not what the server says.
    package func garbled(_ causes: [String], hint: String? = nil) -> Diagnostic {
        Diagnostic(
            code: "\(area).wire",
            summary: "the answer to `\(call)` makes no sense", causes: causes,
            hint: hint ?? "check that \(server) is it, and no proxy answers instead",
            isTrouble: true)
    }

    /// Nobody knows whether the call was carried out.
    package func outcomeUnknown(_ causes: [String]) -> Diagnostic {
        Diagnostic(
            code: "\(area)\(Diagnostic.unknownOutcome)",
            summary: "nobody knows whether `\(call)` was carried out", causes: causes,
            hint: "run the same command again: it looks at what is there first", isTrouble: true)
    }

    private static func hint(_ kind: HTTPFailure.Kind) -> String {
        switch kind {
        case .nameNotResolved: "check the region, the endpoint's name and the network"
        case .connectionRefused: "nothing listens there: check the endpoint's address and port"
        case .tls:
            "check the certificate authorities (`AWS_CA_BUNDLE`, `ca_bundle`, `SSL_CERT_FILE`) "
                + "and the machine's clock"
        default: "check the network and any proxy (`HTTPS_PROXY`), then run the command again"
        }
    }
}
