/// Starts virtual machines; the real one is `QEMUEmulator`.
package protocol MachineEmulator: Sendable {
    /// Checks that everything is there that machines with such firmware need.
    ///
    /// - Throws: `process.not-found`, `qemu.no-firmware`, severity `.configuration`.
    func preflight(_ firmware: [Firmware]) async throws

    /// What the emulator says of itself, in one line.
    ///
    /// - Throws: `process.not-found`.
    func version() async throws -> String

    /// Who will execute guests here; found out once, in bounded time.
    func acceleration() async throws -> Acceleration

    /// Uses no acceleration from now on; machines that run with it end as `qemu.kvm-given-up`.
    ///
    /// - Returns: whether it was used until now.
    func giveUpAcceleration() async throws -> Bool

    /// Runs a machine for as long as `work` takes, and ends it afterwards, however that ends.
    ///
    /// - Parameters:
    ///   - acceleration: who executes it.
    ///   - deadlineSeconds: the longest life of the machine.
    ///   - work: what is done with it; cancelled where the machine ends by itself.
    /// - Throws: `qemu.ended` where the machine ends before `work` does, `qemu.stopped` where it
    ///   stands still, `qemu.kvm-given-up`, `qemu.no-port`, `process.*`, and what `work` throws.
    func run<Result: Sendable>(
        _ machine: VirtualMachine, by acceleration: Acceleration, deadlineSeconds: Double,
        _ work: @escaping @Sendable (RunningMachine) async throws -> Result
    ) async throws -> Result

    /// Ends the machines that an interrupted run left whose files lie somewhere below a folder.
    func endMachines(below folder: String) async throws
}
