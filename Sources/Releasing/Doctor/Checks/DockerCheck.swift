import DockerEngine

/// Whether a Docker engine answers.
struct DockerCheck: HealthCheck {
    var name: String { "docker" }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.docker != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let engine = try await context.services.engine.ping()
        let server = engine.server.isEmpty ? "an engine" : engine.server
        return .ok("\(server), API \(engine.apiVersion), at \(engine.address)")
    }
}
