import AWS
import Diagnostics

/// The zones where a machine that names no network gets a public address, and what they offer.
struct MachineZones {
    let aws: any AWSCaller
    let region: String

    /// The default subnets of the region, whatever they give out.
    func defaultSubnets() async throws -> [DescribeSubnets.Subnet] {
        try await aws.all(
            DescribeSubnets(filters: [EC2Filter("default-for-az", "true")]), region: region
        ).filter(\.isDefault)
    }

    /// The zones for each of some types, in the order of their names.
    ///
    /// Two calls. Where they are forbidden, only the zone that EC2 chooses is left.
    func offering(_ types: [String]) async throws -> [String: [String]] {
        do {
            let reachable = Set(
                try await defaultSubnets().filter(\.givesPublicAddresses).compactMap(\.zone))
            let offered = try await aws.all(
                DescribeInstanceTypeOfferings(filters: [
                    EC2Filter("instance-type", anyOf: types)
                ]), region: region)
            return Self.zones(of: types, offered: offered, reachable: reachable)
        } catch let error as Diagnostic where error.code == "aws.UnauthorizedOperation" {
            return [:]
        }
    }

    /// Decides.
    static func zones(
        of types: [String], offered: [DescribeInstanceTypeOfferings.Offering],
        reachable: Set<String>
    ) -> [String: [String]] {
        Dictionary(
            types.map { type in
                let zones = offered.filter { $0.instanceType == type }.map(\.zone)
                return (type, Set(zones).intersection(reachable).sorted())
            }, uniquingKeysWith: { first, _ in first })
    }
}
