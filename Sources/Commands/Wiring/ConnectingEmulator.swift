import Diagnostics
import QEMU

/// The emulator that the connection's environment names, looked up by the first use of one.
actor ConnectingEmulator: MachineEmulator {
    private let processes: any ProcessRunner
    private let connection: CloudConnection
    private var pending: Task<QEMUEmulator, any Error>?

    /// - Parameter connection: on a local cloud without machines, it names a stand-in.
    init(processes: any ProcessRunner, connection: CloudConnection) {
        self.processes = processes
        self.connection = connection
    }

    func preflight(_ firmware: [Firmware]) async throws {
        try await emulator().preflight(firmware)
    }

    func version() async throws -> String { try await emulator().version() }

    func acceleration() async throws -> Acceleration { try await emulator().acceleration() }

    func giveUpAcceleration() async throws -> Bool {
        try await emulator().giveUpAcceleration()
    }

    func run<Outcome: Sendable>(
        _ machine: VirtualMachine, by acceleration: Acceleration, deadlineSeconds: Double,
        _ work: @escaping @Sendable (RunningMachine) async throws -> Outcome
    ) async throws -> Outcome {
        try await emulator().run(
            machine, by: acceleration, deadlineSeconds: deadlineSeconds, work)
    }

    func endMachines(below folder: String) async throws {
        try await emulator().endMachines(below: folder)
    }

    /// One for the whole run, which so tries KVM once.
    private func emulator() async throws -> QEMUEmulator {
        if let pending { return try await pending.value }
        let (processes, connection) = (processes, connection)
        let task = Task {
            QEMUEmulator(
                processes: processes, environment: try await connection.environment())
        }
        pending = task
        return try await task.value
    }
}
