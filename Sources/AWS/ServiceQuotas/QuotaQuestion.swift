import JSON

/// Which limit is asked for.
package struct QuotaName: Sendable, Equatable, Encodable {
    /// Such as `ec2`.
    package var serviceCode: String
    /// Such as `L-1216C47A`.
    package var quotaCode: String

    /// Names a limit; see the properties.
    package init(serviceCode: String, quotaCode: String) {
        self.serviceCode = serviceCode
        self.quotaCode = quotaCode
    }

    private enum CodingKeys: String, CodingKey {
        case serviceCode = "ServiceCode"
        case quotaCode = "QuotaCode"
    }
}

/// A question for one limit; the account's own and everybody's are asked and answered alike.
package protocol QuotaQuestion: AWSOperation where Output == Double {
    /// Which limit.
    var name: QuotaName { get }
}

private struct Answer: Decodable {
    struct Quota: Decodable {
        let value: Double
        enum CodingKeys: String, CodingKey { case value = "Value" }
    }
    let quota: Quota
    enum CodingKeys: String, CodingKey { case quota = "Quota" }
}

extension QuotaQuestion {
    package func encode(into request: inout WireRequest) throws {
        try request.json(name)
    }

    package func decode(_ response: WireResponse) throws -> Double {
        try response.json(withOneOf: "Quota").decoded(as: Answer.self).quota.value
    }
}
