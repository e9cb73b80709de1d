import GitHub

/// Whether a release on GitHub could be written to.
struct GitHubTokenCheck: HealthCheck {
    var name: String { "github-token" }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.release != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let environment = try await context.workstation.environment()
        let variables = GitHubServer.tokenVariables
        if let variable = variables.first(where: { environment[$0]?.isEmpty == false }) {
            return .ok("`\(variable)` is set")
        }
        return .warning(
            "`\(variables[0])` is not set",
            hint: "set it before a release on GitHub is to be updated")
    }
}
