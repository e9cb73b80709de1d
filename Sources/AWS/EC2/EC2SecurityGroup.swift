/// A security group.
package struct EC2SecurityGroup: Sendable, Equatable {
    package let id: String
    package let name: String?
    package let description: String?
    package let vpcId: String?
    package let ingress: [Rule]
    package let tags: [AWSTag]

    /// What may come in.
    package struct Rule: Sendable, Equatable {
        /// `tcp`, `udp`, `icmp` or `-1` for all.
        package let ipProtocol: String
        package let fromPort: Int64?
        package let toPort: Int64?
        /// IPv4 and IPv6 ranges.
        package let cidrs: [String]
    }

    init(_ node: XMLNode) throws {
        id = try node.required("groupId")
        name = node.text("groupName")
        description = node.text("groupDescription")
        vpcId = node.text("vpcId")
        ingress = try node.items("ipPermissions").map { rule in
            Rule(
                ipProtocol: try rule.required("ipProtocol"),
                fromPort: try rule.integer("fromPort"), toPort: try rule.integer("toPort"),
                cidrs: rule.items("ipRanges").compactMap { $0.text("cidrIp") }
                    + rule.items("ipv6Ranges").compactMap { $0.text("cidrIpv6") })
        }
        tags = try node.tags()
    }
}
