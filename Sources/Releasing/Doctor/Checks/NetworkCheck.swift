import AWS

/// Whether a machine that names no network gets a public address.
struct NetworkCheck: HealthCheck {
    var name: String { "network" }
    var needs: [String] { [RegionCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let (aws, region) = (context.services.aws, context.region)
        let networks = try await aws.all(
            DescribeVpcs(filters: [EC2Filter("is-default", "true")]), region: region
        ).filter(\.isDefault)
        guard let network = networks.first else {
            return Self.judge(network: nil, subnets: [], region: region)
        }
        let subnets = try await aws.all(
            DescribeSubnets(filters: [EC2Filter("vpc-id", network.id)]), region: region)
        return Self.judge(network: network.id, subnets: subnets, region: region)
    }

    /// Decides.
    static func judge(
        network: String?, subnets: [DescribeSubnets.Subnet], region: String
    ) -> HealthFinding {
        guard let network else {
            return .failed(
                "\(region) has no default VPC",
                hint: "`aws ec2 create-default-vpc --region \(region)`")
        }
        let candidates = subnets.filter(\.isDefault)
        guard !candidates.isEmpty else {
            return .failed(
                "VPC `\(network)` in \(region) has no default subnet",
                hint: "`aws ec2 create-default-subnet --availability-zone \(region)a "
                    + "--region \(region)`")
        }
        let without = candidates.filter { !$0.givesPublicAddresses }
        guard let first = without.first else {
            return .ok("\(candidates.count) default subnets of `\(network)` give public addresses")
        }
        let hint =
            "`aws ec2 modify-subnet-attribute --map-public-ip-on-launch --subnet-id \(first.id) "
            + "--region \(region)`"
        let names = without.map { "`\($0.id)`" }.joined(separator: ", ")
        return without.count == candidates.count
            ? .failed("no default subnet gives public addresses: \(names)", hint: hint)
            : .warning("some default subnets give no public addresses: \(names)", hint: hint)
    }
}
