import AWS
import Diagnostics

/// Whether the secrets are there that builds on CodeBuild need, and a credential for their source.
struct BuildNeedsCheck: HealthCheck {
    var name: String { "release-build" }
    var needs: [String] { [RegionCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let project: BuildProject
        do {
            project = try await BuildProject.find(
                stack: BuildProject.defaultStackName, region: context.region,
                services: context.services)
        } catch let problem as Diagnostic where problem.code == "codebuild.no-stack" {
            return .ok("no builds: there is no stack `\(BuildProject.defaultStackName)`")
        }
        return try await project.needs(region: context.region, services: context.services)
    }
}
