/// Which of a service's hosts is wanted.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
struct EndpointVariant: Sendable, Hashable {
    /// Whether it must encrypt by the rules of FIPS 140.
    var isFIPS = false
    /// Whether it must have addresses of IPv6 too.
    var isDualStack = false

    /// The host of a service; nil where the partition has none of that kind.
    ///
    /// Source: the rule sets `endpoint-rule-set-1.json` of
    /// https://github.com/boto/botocore/tree/develop/botocore/data
    func host(of service: AWSService, region: String) -> String? {
        let partition = AWSPartition(region: region)
        switch service {
        case .iam: return global("iam", partition)
        case .s3:
            if isFIPS, partition == .china { return nil }
            let label = (isFIPS ? "s3-fips" : "s3") + (isDualStack ? ".dualstack" : "")
            return "\(label).\(region).\(partition.suffix)"
        default:
            let prefix =
                service.endpointPrefix + (hasOwnFIPSHost(service, partition) ? "-fips" : "")
            return "\(prefix).\(region).\(suffix(service, partition))"
        }
    }

    /// The government's plain hosts encrypt by those rules anyhow, but for a few.
    private func hasOwnFIPSHost(_ service: AWSService, _ partition: AWSPartition) -> Bool {
        isFIPS
            && (partition != .government || isDualStack
                || [.codeBuild, .secretsManager].contains(service))
    }

    private func suffix(_ service: AWSService, _ partition: AWSPartition) -> String {
        guard isDualStack else { return partition.suffix }
        // Its plain hosts have addresses of both kinds.
        if service == .secretsManager {
            switch partition {
            case .aws, .government: return partition.suffix
            case .china where !isFIPS: return partition.suffix
            default: break
            }
        }
        return partition.dualStackSuffix
    }

    /// A service that there is one of for all regions of a partition.
    private func global(_ name: String, _ partition: AWSPartition) -> String {
        let prefix = isFIPS ? "\(name)-fips" : name
        let home = partition.homeRegion
        switch (partition, isFIPS, isDualStack) {
        case (.government, _, false): return "\(name).us-gov.\(partition.suffix)"
        case (.government, _, true): return "\(name).us-gov.\(partition.dualStackSuffix)"
        case (.aws, _, false): return "\(prefix).\(partition.suffix)"
        case (.aws, _, true), (.china, false, true), (.europe, false, true):
            return "\(prefix).global.\(partition.dualStackSuffix)"
        case (_, _, true): return "\(prefix).\(partition.dualStackSuffix)"
        case (.iso, true, false), (.isoB, true, false), (_, false, false):
            return "\(prefix).\(home).\(partition.suffix)"
        case (_, true, false): return "\(prefix).\(partition.suffix)"
        }
    }
}
