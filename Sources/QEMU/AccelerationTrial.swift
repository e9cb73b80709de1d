package import Diagnostics
import Foundation

/// Finds out whether this machine's processor can execute guests.
///
/// `/dev/kvm` alone proves nothing: within some virtual machines it is there and does not work.
/// So a guest of one sector is executed, which ends `qemu` with a status of its own.
package struct AccelerationTrial: Sendable {
    private static let timeoutSeconds = 10.0
    /// `isa-debug-exit` ends `qemu` with twice the value that the guest writes, and one.
    private static let written: UInt8 = 0x21
    private static let provingStatus = Int(written) << 1 | 1

    /// Describes a trial.
    package init() {}

    /// A boot sector that writes one byte to port 0xf4 and halts.
    static var bootSector: [UInt8] {
        var sector: [UInt8] = [0xb0, written, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]
        sector += [UInt8](repeating: 0, count: 510 - sector.count)
        return sector + [0x55, 0xaa]
    }

    /// Executes the guest; bounded to ten seconds.
    ///
    /// - Parameters:
    ///   - program: `qemu-system-x86_64`.
    ///   - folder: where the sector's file may lie.
    /// - Returns: `.tcg` where anything at all goes wrong with KVM.
    /// - Throws: `process.not-found`, `CancellationError`, `file.*`.
    package func run(
        program: String, folder: String, with processes: any ProcessRunner
    ) async throws -> Acceleration {
        let sector = "\(folder)/kvm-trial.img"
        try AtomicFile.write(Self.bootSector, to: sector, permissions: 0o600)
        let command = ProcessCommand(
            executable: program,
            arguments: [
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                "-machine", "pc", "-accel", "kvm", "-cpu", "host", "-m", "16",
                "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
                "-drive", "if=ide,format=raw,readonly=off,snapshot=on,file=\(sector)",
            ],
            timeoutSeconds: Self.timeoutSeconds, graceSeconds: 1)
        do {
            let outcome = try await processes.run(command) { _ in }
            return outcome.status == Self.provingStatus ? .kvm : .tcg
        } catch let error as Diagnostic where error.code == "process.timeout" {
            return .tcg
        }
    }
}
