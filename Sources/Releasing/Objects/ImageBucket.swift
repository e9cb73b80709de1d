import AWS
import BuildGraph
import Diagnostics
import JSON

/// The bucket, role and web host that exported images go through.
struct ImageBucket: Sendable, Equatable {
    let bucket: String
    /// The role that VM export assumes.
    let role: String
    /// The host of links, a name of one's own or CloudFront's; nil for a bucket without a
    /// distribution.
    let domain: String?

    /// Looks the bucket up and checks that it can be reached.
    ///
    /// - Throws: `export.no-bucket-stack`, `export.bucket-output`, `export.no-bucket`.
    static func find(
        _ setting: ReleaseManifest.ExportBucket, region: String, services: Services
    ) async throws -> ImageBucket {
        let found =
            switch setting {
            case .named(let bucket, let role): ImageBucket(bucket: bucket, role: role, domain: nil)
            case .stack(let name): try await ofStack(name, region: region, services: services)
            }
        do {
            _ = try await services.aws.call(HeadBucket(bucket: found.bucket), region: region)
        } catch let error as Diagnostic where error.code.hasPrefix("aws.") {
            throw error.wrapped(in: "cannot use bucket `\(found.bucket)` for the exported images")
        }
        return found
    }

    /// Looks whether VM export can assume the role; where IAM may not be asked, a warning says so.
    ///
    /// - Throws: `export.no-role`, `export.role-trust`.
    func checkRole(_ context: StageContext, region: String, aws: any AWSCaller) async throws {
        do {
            let found = try await aws.call(GetRole(roleName: role), region: region)
            let policy = try JSONValue.parse(
                Array(found.trustPolicy.utf8), source: "the role's trust policy")
            guard TrustPolicy(policy).letsExports else {
                throw Diagnostic(
                    code: "export.role-trust", severity: .configuration,
                    summary: "`\(TrustPolicy.exportService)` may not assume role `\(role)` with "
                        + "the external id `\(TrustPolicy.exportExternalId)`",
                    location: "/export/bucket", hint: Self.roleHint)
            }
        } catch let error as Diagnostic where error.code == "aws.NoSuchEntity" {
            throw Diagnostic(
                code: "export.no-role", severity: .configuration,
                summary: "there is no role `\(role)` for VM export", location: "/export/bucket",
                causes: error.causes, hint: Self.roleHint)
        } catch let error as Diagnostic where error.isDenial {
            context.warn(
                "not allowed to look at role `\(role)` (`iam:GetRole`); the export will tell "
                    + "whether it is there")
        }
    }

    /// How the role comes to be there, and as VM export needs it.
    static let roleHint =
        "deploy `cfn/vm-bucket.yaml` again, or name another role in `/export/role`"

    private static func ofStack(
        _ name: String, region: String, services: Services
    ) async throws -> ImageBucket {
        let stacks = StackDeployment(aws: services.aws, region: region, time: services.time)
        guard let stack = try await stacks.find(name) else {
            throw Diagnostic(
                code: "export.no-bucket-stack",
                summary: "stack `\(name)` does not exist in region `\(region)`",
                location: "/export/bucket/stack",
                hint: "run `dssbatch setup-vm-bucket`, or name a bucket and a role in "
                    + "`/export/bucket` and `/export/role`")
        }
        func output(_ key: String) throws -> String {
            guard let value = stack.outputs[key], !value.isEmpty else {
                throw Diagnostic(
                    code: "export.bucket-output",
                    summary: "stack `\(name)` (\(stack.status)) has no output `\(key)`",
                    location: "/export/bucket/stack",
                    hint: "deploy `cfn/vm-bucket.yaml` again under that name")
            }
            return value
        }
        return ImageBucket(
            bucket: try output("VMBucketId"), role: try output("VMExportRoleId"),
            // Stacks of before `DomainName` was shown have only CloudFront's own.
            domain: try (try? output("DownloadDomainName")) ?? output("CfDistributionDomainName"))
    }

    /// Whether a recorded object is still there, in the version that was recorded.
    static func existence(
        bucket: String, key: String, etag: String, bytes: Int64, region: String,
        aws: any AWSCaller
    ) async throws -> Existence {
        do {
            let head = try await aws.call(HeadObject(bucket: bucket, key: key), region: region)
            if head.etag == etag && head.sizeBytes == bytes { return .exists }
        } catch let error as Diagnostic
            where ["aws.NoSuchKey", "aws.NoSuchBucket"].contains(error.code)
        {}
        return .missing("s3://\(bucket)/\(key)")
    }

    /// Where an image is fetched from.
    func url(key: String, region: String) -> String {
        ResourceNames.url(
            host: domain ?? "\(bucket).s3.\(region).\(AWSPartition(region: region).suffix)",
            key: key)
    }
}
