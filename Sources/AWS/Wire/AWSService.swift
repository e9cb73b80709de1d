/// One AWS service as this client knows it: how it is addressed, signed and spoken to.
package enum AWSService: String, Sendable, CaseIterable {
    case cloudFormation = "cloudformation"
    case codeBuild = "codebuild"
    case ec2
    case iam
    case logs
    case s3
    case secretsManager = "secretsmanager"
    case serviceQuotas = "servicequotas"
    case ssm
    case sso
    case ssoOIDC = "sso-oidc"
    case sts

    /// How a service's requests and answers are written.
    package enum WireProtocol: Sendable {
        /// Form fields `Owner.1`, answers in XML.
        case ec2Query
        /// Form fields `Tags.member.1.Key`, answers in XML inside `<ActionResult>`.
        case awsQuery
        /// Path, query, headers and XML bodies.
        case restXml
        /// Path, query, headers and JSON bodies.
        case restJson
        /// A JSON object and the header `X-Amz-Target`.
        case json(version: String, targetPrefix: String)
    }

    /// The wire form of every operation of the service.
    package var wireProtocol: WireProtocol {
        switch self {
        case .ec2: .ec2Query
        case .cloudFormation, .iam, .sts: .awsQuery
        case .s3: .restXml
        case .sso, .ssoOIDC: .restJson
        case .codeBuild: .json(version: "1.1", targetPrefix: "CodeBuild_20161006")
        case .logs: .json(version: "1.1", targetPrefix: "Logs_20140328")
        case .secretsManager: .json(version: "1.1", targetPrefix: "secretsmanager")
        case .serviceQuotas: .json(version: "1.1", targetPrefix: "ServiceQuotasV20190624")
        case .ssm: .json(version: "1.1", targetPrefix: "AmazonSSM")
        }
    }

    /// The `Version` field of a query.
    package var apiVersion: String {
        switch self {
        case .cloudFormation: "2010-05-15"
        case .codeBuild: "2016-10-06"
        case .ec2: "2016-11-15"
        case .iam: "2010-05-08"
        case .logs: "2014-03-28"
        case .s3: "2006-03-01"
        case .secretsManager: "2017-10-17"
        case .serviceQuotas: "2019-06-24"
        case .ssm: "2014-11-06"
        case .sso: "2019-06-10"
        case .ssoOIDC: "2019-06-10"
        case .sts: "2011-06-15"
        }
    }

    /// What the host name begins with.
    package var endpointPrefix: String {
        switch self {
        case .sso: "portal.sso"
        case .ssoOIDC: "oidc"
        default: rawValue
        }
    }

    /// Whether there is one of it for all regions, which signs for the partition's home region.
    package var isGlobal: Bool { self == .iam }

    /// What the service is called in the `services` sections of the configuration file.
    package var configurationName: String {
        switch self {
        case .logs: "cloudwatch_logs"
        case .secretsManager: "secrets_manager"
        case .serviceQuotas: "service_quotas"
        case .ssoOIDC: "sso_oidc"
        default: rawValue
        }
    }

    /// The end of `AWS_ENDPOINT_URL_<SERVICE>`.
    package var environmentSuffix: String { configurationName.uppercased() }
}
