package import Diagnostics
import Glibc

/// Finds out whether this machine's processor can execute guests.
///
/// `/dev/kvm` alone proves nothing: within some virtual machines it is there and does not work.
/// So `TrialGuest` is executed, which ends `qemu` with a status of its own. What the trial misses,
/// the first real guest finds; see `AccelerationFallback`.
package struct AccelerationTrial: Sendable {
    /// Of running, not of waiting for a busy machine.
    private static let limits = BootLimits(stillSeconds: 20, totalSeconds: 600)
    private static let slowCode = "qemu.trial-too-long"
    private static let refutingCodes: Set<String> = [slowCode, "qemu.stopped", "process.timeout"]

    /// Describes a trial.
    package init() {}

    /// Executes the guest; bounded to some seconds of its running, and to ten minutes.
    ///
    /// - Parameters:
    ///   - program: `qemu-system-x86_64`.
    ///   - folder: where the sector's file may lie.
    ///   - processes: starts the program.
    ///   - time: the clock to wait by.
    /// - Returns: `.tcg` where anything at all goes wrong with KVM.
    /// - Throws: `process.not-found`, `CancellationError`, `file.*`.
    package func run(
        program: String, folder: String, with processes: any ProcessRunner,
        time: any TimeSource
    ) async throws -> Acceleration {
        let sector = "\(folder)/kvm-trial.img"
        try AtomicFile.write(TrialGuest.bootSector, to: sector, permissions: 0o600)
        let files = MachineFiles(folder: folder)
        let command = ProcessCommand(
            executable: program,
            arguments: [
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                "-machine", "pc", "-accel", "kvm", "-cpu", "host", "-m", "16",
                "-device", "isa-debug-exit,iobase=\(TrialGuest.port),iosize=0x04",
                "-pidfile", files.process,
                "-qmp", "unix:\(MachineFiles.monitorName),server=on,wait=off",
                "-drive", "if=ide,format=raw,readonly=off,snapshot=on,file=\(sector)",
            ],
            workingDirectory: folder, timeoutSeconds: Self.limits.totalSeconds, graceSeconds: 1)
        let machine = RunningMachine(ports: [:], folder: folder, time: time)
        do {
            let outcome = try await machine.limiting(
                Self.limits, code: Self.slowCode, "the trial of KVM does not end"
            ) {
                try await machine.watching { try await processes.run(command) { _ in } }
            }
            return outcome.status == TrialGuest.provingStatus ? .kvm : .tcg
        } catch let error as Diagnostic where Self.refutingCodes.contains(error.code) {
            return .tcg
        }
    }
}
