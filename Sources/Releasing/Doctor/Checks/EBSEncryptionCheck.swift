import AWS
import Diagnostics

/// Whether the account lets EBS encrypt images that are to be exported or public.
struct EBSEncryptionCheck: HealthCheck {
    var name: String { "ebs-encryption" }
    var needs: [String] { [RegionCheck.name] }

    func applies(_ context: DoctorContext) -> Bool {
        context.manifest.regions.contains { !context.manifest.plainPurposes(in: $0).isEmpty }
    }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        try await context.inEveryRegion { region in
            let encryption = EBSEncryption(
                aws: context.services.aws, region: region,
                purposes: context.manifest.plainPurposes(in: region))
            guard !encryption.purposes.isEmpty else {
                return .ok("images in \(region) may be encrypted")
            }
            return Self.judge(
                isOn: try await encryption.isOn(), region: region, purposes: encryption.purposes)
        }
    }

    /// Decides.
    static func judge(isOn: Bool, region: String, purposes: [String]) -> HealthFinding {
        guard
            let problem = EBSEncryption.problem(isOn: isOn, region: region, purposes: purposes)
        else { return .ok("EBS does not encrypt by default in \(region)") }
        return .failed(problem.summary, hint: EBSEncryption.hint(region: region))
    }
}
