import AWS

/// Whether EC2 takes further exports now.
struct ExportQuotaCheck: HealthCheck {
    /// The most that EC2 works on at once in a region.
    ///
    /// Source: <https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html>
    static let limit = 5

    var name: String { "export-quota" }
    var needs: [String] { [RegionCheck.name] }

    func applies(_ context: DoctorContext) -> Bool {
        context.manifest.export?.formats.isEmpty == false
    }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let tasks = try await context.services.aws.all(
            DescribeExportImageTasks(), region: context.region)
        return Self.judge(
            active: tasks.count { $0.status == "active" },
            needed: context.manifest.export?.formats.count ?? 0, region: context.region)
    }

    /// Decides; others' exports end by themselves.
    static func judge(active: Int, needed: Int, region: String) -> HealthFinding {
        let message = "\(active) of \(limit) exports active in \(region), \(needed) more needed"
        guard active + needed > limit else { return .ok(message) }
        return .warning(
            message,
            hint: "wait for them, or cancel some: `aws ec2 describe-export-image-tasks --region "
                + "\(region)`")
    }
}
