import AWS
import Diagnostics

/// A limit on how much of something an account may have in a region.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/ec2-service.html>
struct Quota: Sendable, Equatable {
    /// Whose limit it is, such as `ec2`.
    var service = "ec2"
    let code: String
    /// What it counts, such as `vCPUs`.
    let what: String

    /// What Service Quotas answers for a limit that was never changed, or that is none.
    static let unknown = "aws.NoSuchResourceException"

    static let images = Quota(code: "L-B665C33B", what: "AMIs")
    static let publicImages = Quota(code: "L-0E3CBAB9", what: "public AMIs")

    /// The account's limit: its own, or everybody's where it has none of its own.
    ///
    /// - Throws: `aws.NoSuchResourceException` where there is none of that code.
    func limit(_ aws: any AWSCaller, region: String) async throws -> Double {
        let name = QuotaName(serviceCode: service, quotaCode: code)
        do {
            return try await aws.call(GetServiceQuota(name), region: region)
        } catch let error as Diagnostic where error.code == Self.unknown {
            // So Service Quotas answers for a limit that was never changed.
            return try await aws.call(GetAWSDefaultServiceQuota(name), region: region)
        }
    }

    /// Decides whether what is needed fits beside what is there.
    func judge(used: Int, needed: Int, limit: Double, region: String) -> HealthFinding {
        let message = "\(used) of \(Int(limit)) \(what) in use in \(region), \(needed) more needed"
        guard Double(used + needed) > limit else { return .ok(message) }
        return .failed(
            message,
            hint: "remove what is no longer needed, or \(request(used + needed, region: region))")
    }

    /// How more is asked for.
    func request(_ value: Int, region: String) -> String {
        "`aws service-quotas request-service-quota-increase --service-code \(service) "
            + "--quota-code \(code) --desired-value \(value) --region \(region)`"
    }
}
