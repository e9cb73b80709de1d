import AWS

/// Whether EC2 takes an export now, or a release would have to wait for one.
///
/// A release exports its formats one after the other, since EC2 takes one export an image.
struct ExportQuotaCheck: HealthCheck {
    var name: String { "export-quota" }
    var needs: [String] { [RegionCheck.name] }

    func applies(_ context: DoctorContext) -> Bool {
        context.manifest.export?.formats.isEmpty == false
    }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let tasks = try await context.services.aws.all(
            DescribeExportImageTasks(), region: context.region)
        return Self.judge(
            active: tasks.count { $0.status == "active" }, region: context.region)
    }

    /// Decides; others' exports end by themselves.
    static func judge(active: Int, region: String) -> HealthFinding {
        let limit = ExportQueue.regionLimit
        let message = "\(active) of \(limit) exports active in \(region)"
        guard active >= limit else { return .ok(message) }
        return .warning(
            "\(message): this release's would wait for one to end",
            hint: "see who exports: `aws ec2 describe-export-image-tasks --region \(region)`; "
                + "AWS raises the limit to 20 when asked")
    }
}
