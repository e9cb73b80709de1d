import AWS

/// Whether some zone offers the machine's types.
struct InstanceTypesCheck: HealthCheck {
    static let name = "instance-types"
    var name: String { Self.name }
    var needs: [String] { [RegionCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let types = context.manifest.instance.allTypes
        let zones = try await MachineZones(aws: context.services.aws, region: context.region)
            .offering(types)
        return Self.judge(types: types, zones: zones, region: context.region)
    }

    /// Decides.
    static func judge(
        types: [String], zones: [String: [String]], region: String
    ) -> HealthFinding {
        let lacking = types.filter { zones[$0]?.isEmpty ?? true }
        guard let first = lacking.first else {
            return .ok(
                types.map { "`\($0)` in \((zones[$0] ?? []).joined(separator: ", "))" }
                    .joined(separator: "; "))
        }
        let hint = "name a type that \(region) offers in `/instance/type` or `/instance/types`"
        return lacking.count == types.count
            ? .failed("no zone of \(region) offers `\(first)`", hint: hint)
            : .warning("no zone of \(region) offers `\(first)`", hint: hint)
    }
}
