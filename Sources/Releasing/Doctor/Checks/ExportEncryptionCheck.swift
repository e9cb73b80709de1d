import AWS
import Diagnostics

/// Whether EC2 can export into the bucket as it is encrypted.
struct ExportEncryptionCheck: HealthCheck {
    var name: String { "export-encryption" }
    var needs: [String] { [ExportBucketCheck.name] }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.export != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        guard let export = context.manifest.export else { return .ok("nothing is exported") }
        let bucket = try await ImageBucket.find(
            export.bucket, region: context.region, services: context.services
        ).bucket
        do {
            let algorithm = try await context.services.aws.call(
                GetBucketEncryption(bucket: bucket), region: context.region)
            return Self.judge(bucket: bucket, algorithm: algorithm)
        } catch let problem as Diagnostic
            where problem.code == "aws.ServerSideEncryptionConfigurationNotFoundError"
        {
            return Self.judge(bucket: bucket, algorithm: nil)
        }
    }

    /// Decides.
    ///
    /// Source: <https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html>
    static func judge(bucket: String, algorithm: String?) -> HealthFinding {
        guard let algorithm, algorithm != "AES256" else {
            return .ok("bucket `\(bucket)` is encrypted by S3's own keys, or not at all")
        }
        return .failed(
            "bucket `\(bucket)` encrypts with `\(algorithm)`, and EC2 exports into no such bucket",
            hint:
                "set its default encryption to SSE-S3: `aws s3api put-bucket-encryption`, or name "
                + "another in `/export/bucket`")
    }
}
