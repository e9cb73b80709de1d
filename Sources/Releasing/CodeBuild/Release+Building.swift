import BuildGraph
import Diagnostics

extension Release {
    /// The project whose builds make this release, with all that they need.
    ///
    /// - Parameters:
    ///   - stackName: of the project.
    ///   - warn: told of what may be no obstacle.
    /// - Throws: `realm.account`, `codebuild.no-stack` and the like, `codebuild.no-secret`.
    package func buildProject(
        stack stackName: String, warn: @escaping @Sendable (String) -> Void
    ) async throws -> BuildProject {
        // A manifest for no account in particular is compared with none.
        if manifest.account != nil { try await services.realms?.ask() }
        let project = try await BuildProject.find(
            stack: stackName, region: manifest.region, services: services)
        try await project.requireNeeds(
            region: manifest.region, services: services, warn: warn)
        return project
    }
}
