import Diagnostics
import Foundation
import QEMU
import Synchronization

/// Machines that show a login prompt at once, or do not come up.
final class FakeEmulator: MachineEmulator {
    private let timeline: Timeline
    private let problem: Diagnostic?
    private let kvmProblem: Diagnostic?
    private let seen = Mutex<[VirtualMachine]>([])
    private let isAccelerated = Mutex(true)

    /// - Parameters:
    ///   - problem: why no machine comes up; nil where all do.
    ///   - kvmProblem: why none comes up with acceleration.
    init(_ timeline: Timeline, problem: Diagnostic? = nil, kvmProblem: Diagnostic? = nil) {
        self.timeline = timeline
        self.problem = problem
        self.kvmProblem = kvmProblem
    }

    /// Every machine that was started.
    var machines: [VirtualMachine] { seen.withLock { $0 } }

    func preflight(_ firmware: [Firmware]) {
        timeline.add("preflight \(firmware.map(\.rawValue).sorted())")
    }

    func version() -> String { "QEMU emulator version 0" }

    func acceleration() -> Acceleration { isAccelerated.withLock { $0 } ? .kvm : .tcg }

    func giveUpAcceleration() -> Bool {
        isAccelerated.withLock { isAccelerated in
            defer { isAccelerated = false }
            return isAccelerated
        }
    }

    func run<Result: Sendable>(
        _ machine: VirtualMachine, by acceleration: Acceleration, deadlineSeconds: Double,
        _ work: @escaping @Sendable (RunningMachine) async throws -> Result
    ) async throws -> Result {
        seen.withLock { $0.append(machine) }
        timeline.add("boot \(machine.hardware.firmware.rawValue) by \(acceleration.rawValue)")
        if let problem { throw problem }
        if let kvmProblem, acceleration == .kvm { throw kvmProblem }
        try AtomicFile.write(
            Array("sandbox login: ".utf8), to: "\(machine.folder)/console.log")
        let base = machine.hardware.firmware == .bios ? 4000 : 5000
        let ports = Dictionary(uniqueKeysWithValues: machine.guestPorts.map { ($0, base + $0) })
        return try await work(
            RunningMachine(
                ports: ports, folder: machine.folder, time: SystemTimeSource()))
    }

    func endMachines(below folder: String) { timeline.add("end machines \(folder)") }
}
