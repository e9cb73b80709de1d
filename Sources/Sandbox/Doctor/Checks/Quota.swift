import AWS
import Diagnostics

/// A limit on how much of something an account may have in a region.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/ec2-service.html>
struct Quota: Sendable, Equatable {
    let code: String
    /// What it counts, such as `vCPUs`.
    let what: String

    static let images = Quota(code: "L-B665C33B", what: "AMIs")
    static let publicImages = Quota(code: "L-0E3CBAB9", what: "public AMIs")

    /// The account's limit: its own, or everybody's where it has none of its own.
    ///
    /// - Throws: `aws.NoSuchResourceException` where there is none of that code.
    func limit(_ aws: any AWSCaller, region: String) async throws -> Double {
        do {
            return try await aws.call(
                GetServiceQuota(serviceCode: "ec2", quotaCode: code), region: region)
        } catch let error as Diagnostic where error.code == "aws.NoSuchResourceException" {
            // So Service Quotas answers for a limit that was never changed.
            return try await aws.call(
                GetAWSDefaultServiceQuota(serviceCode: "ec2", quotaCode: code), region: region)
        }
    }

    /// Decides whether what is needed fits beside what is there.
    func judge(used: Int, needed: Int, limit: Double, region: String) -> HealthFinding {
        let message = "\(used) of \(Int(limit)) \(what) in use in \(region), \(needed) more needed"
        guard Double(used + needed) > limit else { return .ok(message) }
        return .failed(
            message,
            hint: "remove what is no longer needed, or `aws service-quotas "
                + "request-service-quota-increase --service-code ec2 --quota-code \(code) "
                + "--desired-value \(used + needed) --region \(region)`")
    }
}
