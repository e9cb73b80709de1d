import AWS
import BuildGraph

/// Whose credentials these are.
struct CredentialsCheck: HealthCheck {
    static let name = "credentials"
    var name: String { Self.name }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let origin = try await context.workstation.credentials().origin
        // Whether the manifest's region is one is the next question.
        let identity = try await context.services.aws.call(
            GetCallerIdentity(), region: AWSPartition(region: context.region).homeRegion)
        try await context.services.realms?.accept(account: identity.account)
        return .ok("account \(identity.account), \(identity.arn), from \(origin)")
    }
}
