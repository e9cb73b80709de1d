import AWS
import Diagnostics

/// Whether the caller's own policies let a release do what it does.
struct PermissionsCheck: HealthCheck {
    var name: String { "permissions" }
    var needs: [String] { [RegionCheck.name] }

    /// What a release with every section calls that its caller needs to be allowed.
    static let actions = [
        "cloudformation:CreateChangeSet", "cloudformation:DeleteStack",
        "cloudformation:DescribeStacks", "cloudformation:ExecuteChangeSet",
        "ec2:CopyImage", "ec2:CreateImage", "ec2:CreateSecurityGroup", "ec2:CreateTags",
        "ec2:DeleteKeyPair", "ec2:DeleteSnapshot", "ec2:DeregisterImage", "ec2:DescribeImages",
        "ec2:ExportImage", "ec2:ImportKeyPair", "ec2:ModifyImageAttribute", "ec2:RegisterImage",
        "ec2:RunInstances", "ec2:TerminateInstances", "iam:PassRole", "s3:DeleteObject",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:PutObjectTagging",
    ]

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let (aws, region) = (context.services.aws, context.region)
        let caller = try await aws.call(
            GetCallerIdentity(), region: AWSPartition(region: region).homeRegion
        ).arn
        if caller.hasSuffix(":root") { return .ok("the account's root may do everything") }
        do {
            var arn = caller
            if let role = Self.role(ofSession: caller) {
                // A session's ARN leaves out the role's path.
                arn = try await aws.call(GetRole(roleName: role), region: region).arn
            }
            return Self.judge(
                try await aws.all(
                    SimulatePrincipalPolicy(principalArn: arn, actions: Self.actions),
                    region: region),
                caller: arn)
        } catch let problem as Diagnostic where problem.code == "aws.NoSuchEntity" {
            return .warning(
                "could not be checked: IAM of this account does not know `\(caller)`",
                hint: "a federated or foreign identity shows at the first call what it may do")
        }
    }

    /// The role of `arn:aws:sts::123456789012:assumed-role/ROLE/SESSION`; nil for anything else.
    static func role(ofSession arn: String) -> String? {
        let parts = arn.split(separator: "/")
        guard parts.count >= 3, parts[0].hasSuffix(":assumed-role") else { return nil }
        return String(parts[1])
    }

    /// Decides; what is not allowed on everything may still be allowed on what a release makes.
    static func judge(
        _ evaluations: [SimulatePrincipalPolicy.Evaluation], caller: String
    ) -> HealthFinding {
        let denied = evaluations.filter { !$0.isAllowed }.map { "`\($0.action)`" }
        guard !denied.isEmpty else {
            return .ok("`\(caller)` may do all \(evaluations.count) things that a release does")
        }
        return .warning(
            "`\(caller)` may not do everywhere: \(denied.joined(separator: ", "))",
            hint: "make sure that its policies allow them for the release's own things, as the "
                + "role of `cfn/release-codebuild.yaml` does")
    }
}
