/// A group of regions with one set of accounts: AWS itself, its government's part, and China's.
///
/// Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
package enum AWSPartition: String, Sendable {
    case aws
    case china = "aws-cn"
    case government = "aws-us-gov"

    /// The partition that a region belongs to, by its name.
    package init(region: String) {
        self =
            region.hasPrefix("cn-") ? .china : region.hasPrefix("us-gov-") ? .government : .aws
    }

    /// Where the services live that there is one of for all regions.
    package var homeRegion: String {
        switch self {
        case .aws: "us-east-1"
        case .china: "cn-north-1"
        case .government: "us-gov-west-1"
        }
    }

    /// The end of the partition's host names.
    var suffix: String { self == .china ? "amazonaws.com.cn" : "amazonaws.com" }

    /// What follows a global service's name in its host name.
    var globalLabel: String {
        switch self {
        case .aws: ""
        case .china: ".cn-north-1"
        case .government: ".us-gov"
        }
    }
}
