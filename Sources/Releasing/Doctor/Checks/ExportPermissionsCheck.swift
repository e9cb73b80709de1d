import AWS

/// Whether the role's policies let VM export read the snapshot and write to the bucket.
struct ExportPermissionsCheck: HealthCheck {
    var name: String { "export-permissions" }
    var needs: [String] { [ExportRoleCheck.name] }

    private static let bucketActions = ["s3:GetBucketLocation", "s3:GetBucketAcl", "s3:ListBucket"]
    private static let objectActions = ["s3:GetObject", "s3:PutObject"]

    func applies(_ context: DoctorContext) -> Bool { context.manifest.export != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        guard let export = context.manifest.export else { return .ok("nothing is exported") }
        let (aws, region) = (context.services.aws, context.region)
        let target = try await ImageBucket.find(
            export.bucket, region: region, services: context.services)
        let role = try await aws.call(GetRole(roleName: target.role), region: region)
        let bucket = "arn:\(AWSPartition(region: region).rawValue):s3:::\(target.bucket)"
        let folder = ResourceNames.exportFolder(
            prefix: export.prefix, assetId: context.manifest.assetId.text)
        var evaluations: [SimulatePrincipalPolicy.Evaluation] = []
        for (actions, resource) in [
            (Self.bucketActions, bucket), (Self.objectActions, "\(bucket)/\(folder)image"),
        ] {
            evaluations += try await aws.all(
                SimulatePrincipalPolicy(
                    principalArn: role.arn, actions: actions, resourceArns: [resource]),
                region: region)
        }
        return Self.judge(evaluations, role: target.role, bucket: target.bucket)
    }

    /// Decides.
    static func judge(
        _ evaluations: [SimulatePrincipalPolicy.Evaluation], role: String, bucket: String
    ) -> HealthFinding {
        let denied = evaluations.filter { !$0.isAllowed }.map { "`\($0.action)`" }
        guard !denied.isEmpty else { return .ok("role `\(role)` may write to `\(bucket)`") }
        return .failed(
            "role `\(role)` lacks \(denied.joined(separator: ", ")) on bucket `\(bucket)`",
            hint: "deploy `cfn/vm-bucket.yaml` again, or allow them in the role's policy")
    }
}
