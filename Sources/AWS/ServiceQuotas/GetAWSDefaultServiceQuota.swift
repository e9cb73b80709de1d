import JSON

/// Reads the limit that an account has of one thing before anybody changes it.
///
/// Source:
/// https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetAWSDefaultServiceQuota.html
package struct GetAWSDefaultServiceQuota: AWSOperation, Encodable {
    package static let action = AWSAction(
        .serviceQuotas, "GetAWSDefaultServiceQuota", retry: .safe)

    /// Such as `ec2`.
    package var serviceCode: String
    /// Such as `L-1216C47A`.
    package var quotaCode: String

    /// Makes the call; see the properties.
    package init(serviceCode: String, quotaCode: String) {
        self.serviceCode = serviceCode
        self.quotaCode = quotaCode
    }

    private enum CodingKeys: String, CodingKey {
        case serviceCode = "ServiceCode"
        case quotaCode = "QuotaCode"
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> Double {
        try response.json().decoded(as: GetServiceQuota.Answer.self).quota.value
    }
}
