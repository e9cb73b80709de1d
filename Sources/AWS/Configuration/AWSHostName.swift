/// Whether a host is AWS's own, by its name alone.
///
/// FIPS, dual-stack, interface endpoints (`vpce-…`) and every partition count. What AWS names for
/// its customers does not: on a machine or behind a load balancer anything may answer.
package struct AWSHostName: Sendable, Equatable {
    /// The partition; nil where the name is shared by `aws` and `aws-us-gov`, which regions tell.
    package let partition: String?

    /// What host names end with, and in which partition.
    ///
    /// Source: https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
    private static let suffixes: [String: String?] = [
        "amazonaws.com": nil, "api.aws": nil,
        "amazonaws.com.cn": "aws-cn", "api.amazonwebservices.com.cn": "aws-cn",
        "amazonaws.eu": "aws-eusc", "api.amazonwebservices.eu": "aws-eusc",
        "c2s.ic.gov": "aws-iso", "api.aws.ic.gov": "aws-iso",
        "sc2s.sgov.gov": "aws-iso-b", "api.aws.scloud": "aws-iso-b",
        "cloud.adc-e.uk": "aws-iso-e", "api.cloud-aws.adc-e.uk": "aws-iso-e",
        "csp.hci.ic.gov": "aws-iso-f", "api.aws.hci.ic.gov": "aws-iso-f",
    ]
    /// Labels of names that customers' machines, load balancers and gateways get.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html
    private static let customers: Set<Substring> = [
        "compute", "compute-1", "elb", "execute-api", "elasticbeanstalk",
    ]

    /// Reads a host's name, with or without a port; nil where the host is not AWS's own.
    package init?(_ authority: String) {
        var host = Substring(authority.lowercased())
        if let colon = host.lastIndex(of: ":") {
            guard host[host.index(after: colon)...].allSatisfy(\.isNumber) else { return nil }
            host = host[..<colon]
        }
        if host.hasSuffix(".") { host.removeLast() }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        for count in (2...5).reversed() where labels.count > count {
            let suffix = labels.suffix(count).joined(separator: ".")
            guard let partition = Self.suffixes[suffix] else { continue }
            let names = labels.dropLast(count)
            guard names.allSatisfy({ !$0.isEmpty && !Self.customers.contains($0) }) else {
                return nil
            }
            self.partition = partition
            return
        }
        return nil
    }
}

extension AWSEndpoint {
    /// Host and port in one form: lower case, the port always there.
    package var hostAndPort: String {
        let name = authority.lowercased()
        let end = name.lastIndex(of: "]") ?? name.startIndex
        if name[end...].contains(":") { return name }
        return "\(name):\(isEncrypted ? 443 : 80)"
    }
}
