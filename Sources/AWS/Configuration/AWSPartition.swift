/// A group of regions with one set of accounts, such as AWS itself, or that of the European Union.
///
/// Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html,
/// https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
package enum AWSPartition: String, Sendable, CaseIterable {
    case aws
    case china = "aws-cn"
    case europe = "aws-eusc"
    case iso = "aws-iso"
    case isoB = "aws-iso-b"
    case isoE = "aws-iso-e"
    case isoF = "aws-iso-f"
    case government = "aws-us-gov"

    /// The partition that a region belongs to, by its name.
    package init(region: String) {
        let found = Self.allCases.first { partition in
            partition.regionPrefix.map { region.hasPrefix($0) } ?? false
        }
        self = found ?? .aws
    }

    /// What names of its regions begin with; nil for AWS itself, where all others belong.
    private var regionPrefix: String? {
        switch self {
        case .aws: nil
        case .china: "cn-"
        case .europe: "eusc-"
        case .iso: "us-iso-"
        case .isoB: "us-isob-"
        case .isoE: "eu-isoe-"
        case .isoF: "us-isof-"
        case .government: "us-gov-"
        }
    }

    /// Where the services live that there is one of for all regions.
    package var homeRegion: String {
        switch self {
        case .aws: "us-east-1"
        case .china: "cn-north-1"
        case .europe: "eusc-de-east-1"
        case .iso: "us-iso-east-1"
        case .isoB: "us-isob-east-1"
        case .isoE: "eu-isoe-west-1"
        case .isoF: "us-isof-south-1"
        case .government: "us-gov-west-1"
        }
    }

    /// The end of the partition's host names.
    package var suffix: String {
        switch self {
        case .aws, .government: "amazonaws.com"
        case .china: "amazonaws.com.cn"
        case .europe: "amazonaws.eu"
        case .iso: "c2s.ic.gov"
        case .isoB: "sc2s.sgov.gov"
        case .isoE: "cloud.adc-e.uk"
        case .isoF: "csp.hci.ic.gov"
        }
    }

    /// The end of those of its host names that have addresses of IPv6 too.
    var dualStackSuffix: String {
        switch self {
        case .aws, .government: "api.aws"
        case .china: "api.amazonwebservices.com.cn"
        case .europe: "api.amazonwebservices.eu"
        case .iso: "api.aws.ic.gov"
        case .isoB: "api.aws.scloud"
        case .isoE: "api.cloud-aws.adc-e.uk"
        case .isoF: "api.aws.hci.ic.gov"
        }
    }
}
