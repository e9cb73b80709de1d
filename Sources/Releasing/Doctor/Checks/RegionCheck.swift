import AWS
import Diagnostics

/// Whether every region of the release exists and is enabled for the account.
struct RegionCheck: HealthCheck {
    static let name = "region"
    var name: String { Self.name }
    var needs: [String] { [CredentialsCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let aws = context.services.aws
        let home = AWSPartition(region: context.region).homeRegion
        let known: [DescribeRegions.Region]
        do {
            known = try await aws.call(DescribeRegions(isAll: true), region: home)
        } catch let problem as Diagnostic where problem.code == "aws.UnauthorizedOperation" {
            // Some accounts may use nothing but their own region.
            known = try await aws.call(DescribeRegions(isAll: true), region: context.region)
        }
        return .merged(context.manifest.regions.map { Self.judge($0, known: known) })
    }

    /// Decides for one region.
    static func judge(_ region: String, known: [DescribeRegions.Region]) -> HealthFinding {
        guard let found = known.first(where: { $0.name == region }) else {
            let names = known.map(\.name)
            return .failed(
                "there is no region `\(region)`",
                hint: NameSuggestion.hint(for: region, among: names))
        }
        guard found.optInStatus != "not-opted-in" else {
            return .failed(
                "region `\(region)` is not enabled for this account",
                hint: "`aws account enable-region --region-name \(region)`, which takes some "
                    + "minutes, or name another region")
        }
        return .ok("\(region) is enabled")
    }
}
