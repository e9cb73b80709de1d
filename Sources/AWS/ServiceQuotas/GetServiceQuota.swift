import JSON

/// Reads the limit of one thing that an account may have in a region.
///
/// Source: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
package struct GetServiceQuota: AWSOperation, Encodable {
    package static let action = AWSAction(.serviceQuotas, "GetServiceQuota", retry: .safe)

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

    /// What both questions for a limit are answered.
    struct Answer: Decodable {
        struct Quota: Decodable {
            let value: Double
            enum CodingKeys: String, CodingKey { case value = "Value" }
        }
        let quota: Quota
        enum CodingKeys: String, CodingKey { case quota = "Quota" }
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> Double {
        try response.json().decoded(as: Answer.self).quota.value
    }
}
