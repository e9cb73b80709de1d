import AWS
import Diagnostics

/// CodeBuild's credential for the server that a source lies on; one for each account and region.
///
/// Source: <https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens-github.html>
enum SourceCredential {
    /// Whether it is there.
    ///
    /// - Parameters:
    ///   - server: such as `GITHUB`; nil where none is needed.
    ///   - needsIt: whether nothing works without: a webhook does not, a public repository does.
    static func finding(
        server: String?, needsIt: Bool, region: String, services: Services
    ) async throws -> HealthFinding {
        guard let server else { return .ok("no credential is needed for the source") }
        let known: [ListSourceCredentials.Credential]
        do {
            known = try await services.aws.call(ListSourceCredentials(), region: region)
        } catch let problem as Diagnostic where !needsIt && problem.isDenial {
            return .warning(
                "not allowed to look for CodeBuild's credential for \(server) in `\(region)`",
                hint: "allow `codebuild:ListSourceCredentials`")
        }
        if known.contains(where: { $0.serverType == server }) {
            return .ok("CodeBuild has a credential for \(server) in `\(region)`")
        }
        let message = "no credential for \(text(server)) in CodeBuild of region `\(region)`"
        if needsIt { return .failed(message, hint: hint(server, region: region)) }
        return .warning(
            message + ", so that builds clone a public repository only",
            hint: hint(server, region: region))
    }

    /// How it comes to be there.
    static func hint(_ server: String, region: String) -> String {
        "once for each account and region: `aws codebuild import-source-credentials "
            + "--region \(region) --server-type \(server) --auth-type PERSONAL_ACCESS_TOKEN "
            + "--token TOKEN`"
    }

    private static func text(_ server: String) -> String {
        server == "GITHUB" ? "GitHub" : server
    }
}
