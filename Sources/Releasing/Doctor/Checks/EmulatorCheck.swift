import Diagnostics
import QEMU

/// Whether exported disks can be booted here.
struct EmulatorCheck: HealthCheck {
    var name: String { "qemu" }

    func applies(_ context: DoctorContext) -> Bool { context.verifies }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let computers = (context.manifest.export?.formats ?? []).map(\.computers)
        let firmware = computers.flatMap { [$0.first.firmware, $0.second.firmware] }
        let emulator = context.services.emulator
        try await emulator.preflight(Firmware.allCases.filter(firmware.contains))
        let version = try await emulator.version()
        return switch try await emulator.acceleration() {
        case .kvm: .ok("\(version), with KVM")
        case .tcg, .countedTCG:
            .ok("\(version), without KVM: verifying takes some minutes longer")
        }
    }
}
