import AWS
import Diagnostics

/// Whether the account may start the machine besides those that run, and those that a matrix
/// starts with it.
struct VCPUQuotaCheck: HealthCheck {
    var name: String { "vcpu-quota" }
    var needs: [String] { [RegionCheck.name, InstanceTypesCheck.name] }

    /// The most that one DescribeInstanceTypes takes.
    private static let typesLimit = 100

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let (aws, region) = (context.services.aws, context.region)
        let type = context.manifest.instance.type
        guard let quota = Self.quota(of: type) else {
            return .warning(
                "could not be checked: no quota is known for type `\(type)`",
                hint: "look for it in the Service Quotas console")
        }
        let running = try await aws.all(
            DescribeInstances(filters: [
                EC2Filter("instance-state-name", "pending", "running")
            ]), region: region
        ).filter { $0.lifecycle == nil }.compactMap(\.instanceType)
            .filter { Self.quota(of: $0) == quota }
        let besides = context.besides.filter { Self.quota(of: $0) == quota }
        let types = Array(Set(running + besides + [type])).sorted()
        var vcpus: [String: Int] = [:]
        for start in stride(from: 0, to: types.count, by: Self.typesLimit) {
            let some = Array(types[start..<min(start + Self.typesLimit, types.count)])
            for found in try await aws.all(
                DescribeInstanceTypes(instanceTypes: some), region: region)
            {
                vcpus[found.name] = Int(found.vcpus)
            }
        }
        guard let needed = vcpus[type] else {
            return .failed(
                "there is no instance type `\(type)` in \(region)",
                hint: "name another in `/instance/type`")
        }
        let limit = try await quota.limit(aws, region: region)
        func sum(_ types: [String]) -> Int { types.reduce(0) { $0 + (vcpus[$1] ?? 0) } }
        return Self.judge(
            quota, used: sum(running), needed: needed, besides: sum(besides), limit: limit,
            region: region)
    }

    /// Decides: machines of a matrix wait for each other, and one of them must find room.
    static func judge(
        _ quota: Quota, used: Int, needed: Int, besides: Int, limit: Double, region: String
    ) -> HealthFinding {
        let one = quota.judge(used: used, needed: needed, limit: limit, region: region)
        guard one.status == .ok, besides > 0 else { return one }
        let all = quota.judge(used: used, needed: needed + besides, limit: limit, region: region)
        guard all.status == .failed, let hint = all.hint else { return all }
        return .warning(
            "\(all.message) for all machines of the matrix at once: some wait for others",
            hint: hint + ", or a smaller `/atOnce`")
    }

    /// The quota that on-demand machines of a type count against; nil for an unknown family.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html>
    static func quota(of type: String) -> Quota? {
        let family = String(type.prefix { $0.isLetter })
        guard let code = codes.first(where: { $0.families.contains(family) })?.code else {
            return nil
        }
        return Quota(code: code, what: "vCPUs")
    }

    private static let codes: [(code: String, families: Set<String>)] = [
        (
            "L-1216C47A",
            ["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"]
        ),
        ("L-74FC7D96", ["f"]), ("L-DB2E81BA", ["g", "gr", "vt"]), ("L-1945791B", ["inf"]),
        ("L-417A185B", ["p"]), ("L-7295265B", ["x"]),
    ]
}
