import AWS
import Diagnostics
import JSON

/// Whether the role is there that VM export works with, and VM export may assume it.
struct ExportRoleCheck: HealthCheck {
    static let name = "export-role"
    var name: String { Self.name }
    var needs: [String] { [ExportBucketCheck.name] }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.export != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        guard let export = context.manifest.export else { return .ok("nothing is exported") }
        let name = try await ImageBucket.find(
            export.bucket, region: context.region, services: context.services
        ).role
        do {
            let role = try await context.services.aws.call(
                GetRole(roleName: name), region: context.region)
            return Self.judge(
                role: name,
                policy: try JSONValue.parse(
                    Array(role.trustPolicy.utf8), source: "the role's trust policy"))
        } catch let problem as Diagnostic where problem.code == "aws.NoSuchEntity" {
            return .failed("there is no role `\(name)`", hint: ImageBucket.roleHint)
        }
    }

    /// Decides by the role's trust policy.
    static func judge(role: String, policy: JSONValue) -> HealthFinding {
        TrustPolicy(policy).letsExports
            ? .ok("`\(TrustPolicy.exportService)` may assume `\(role)`")
            : .failed(
                "`\(TrustPolicy.exportService)` may not assume role `\(role)` with the external "
                    + "id `vmimport`", hint: ImageBucket.roleHint)
    }
}
