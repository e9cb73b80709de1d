import JSON

/// Whether a release on GitHub could be written to.
struct GitHubTokenCheck: HealthCheck {
    static let variable = "GITHUB_TOKEN"
    var name: String { "github-token" }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.document["release"] != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let token = try await context.workstation.environment()[Self.variable]
        return token?.isEmpty == false
            ? .ok("`\(Self.variable)` is set")
            : .warning(
                "`\(Self.variable)` is not set",
                hint: "set it before a release on GitHub is to be updated")
    }
}
