import AWS
import Diagnostics

/// Whether the bucket of the exported images is there, and in the right region.
struct ExportBucketCheck: HealthCheck {
    static let name = "export-bucket"
    var name: String { Self.name }
    var needs: [String] { [RegionCheck.name] }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.export != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        guard let export = context.manifest.export else { return .ok("nothing is exported") }
        let bucket = try await ImageBucket.find(
            export.bucket, region: context.region, services: context.services
        ).bucket
        let location = try await context.services.aws.call(
            GetBucketLocation(bucket: bucket), region: context.region)
        return Self.judge(bucket: bucket, location: location, region: context.region)
    }

    /// Decides: ExportImage writes to its own region only.
    static func judge(bucket: String, location: String, region: String) -> HealthFinding {
        location == region
            ? .ok("`\(bucket)` in \(location)")
            : .failed(
                "bucket `\(bucket)` lies in \(location), and exports run in \(region)",
                hint: "name a bucket in \(region) in `/export/bucket`, or another `/region`")
    }
}
