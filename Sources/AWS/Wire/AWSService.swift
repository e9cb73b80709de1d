/// One AWS service as this client knows it: how it is addressed, signed and spoken to.
package enum AWSService: String, Sendable, CaseIterable {
    case cloudFormation = "cloudformation"
    case ec2
    case s3
    case ssm
    case sts

    /// How a service's requests and answers are written.
    package enum WireProtocol: Sendable {
        /// Form fields `Owner.1`, answers in XML.
        case ec2Query
        /// Form fields `Tags.member.1.Key`, answers in XML inside `<ActionResult>`.
        case awsQuery
        /// Path, query, headers and XML bodies.
        case restXml
        /// A JSON object and the header `X-Amz-Target`.
        case json(version: String, targetPrefix: String)
    }

    /// The wire form of every operation of the service.
    package var wireProtocol: WireProtocol {
        switch self {
        case .ec2: .ec2Query
        case .cloudFormation, .sts: .awsQuery
        case .s3: .restXml
        case .ssm: .json(version: "1.1", targetPrefix: "AmazonSSM")
        }
    }

    /// The `Version` field of a query.
    package var apiVersion: String {
        switch self {
        case .cloudFormation: "2010-05-15"
        case .ec2: "2016-11-15"
        case .s3: "2006-03-01"
        case .ssm: "2014-11-06"
        case .sts: "2011-06-15"
        }
    }

    /// First label of the host name, and the service's name in a signature's scope.
    package var endpointPrefix: String { rawValue }

    /// The end of `AWS_ENDPOINT_URL_<SERVICE>`.
    package var environmentSuffix: String { rawValue.uppercased() }
}
