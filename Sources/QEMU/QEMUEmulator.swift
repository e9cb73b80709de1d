package import Diagnostics
import FoundationEssentials
import Glibc
import Synchronization

/// Runs virtual machines with `qemu-system-x86_64`.
package actor QEMUEmulator: MachineEmulator {
    private let processes: any ProcessRunner
    private let time: any TimeSource
    private let program: String
    private let stillSetting: String?
    private var trial: Task<Acceleration, any Error>?
    private var hasGivenUp = false

    private static let programName = "qemu-system-x86_64"
    private static let stillVariable = "DSS_BOOT_STILL_SECONDS"
    private static let portTries = 5
    private static let graceSeconds = 5.0
    private static let givenUpPollSeconds = 0.5

    /// Makes an emulator; nothing is started.
    ///
    /// - Parameter environment: `DSS_QEMU` names another program than the one on the PATH,
    ///   `DSS_BOOT_STILL_SECONDS` how long a guest may stand still while it starts.
    package init(
        processes: any ProcessRunner, environment: [String: String],
        time: any TimeSource = SystemTimeSource()
    ) {
        self.processes = processes
        self.time = time
        stillSetting = environment[Self.stillVariable]
        let named = environment["DSS_QEMU"] ?? Self.programName
        // Machines work in folders of their own.
        program =
            named.contains("/") ? URL(fileURLWithPath: named).standardizedFileURL.path : named
    }

    package func preflight(_ firmware: [Firmware]) async throws {
        _ = try stillSeconds()
        for kind in firmware { _ = try Self.image(kind) }
        _ = try await version()
    }

    package func version() async throws -> String {
        let command = ProcessCommand(
            executable: program, arguments: ["--version"], timeoutSeconds: 300, graceSeconds: 1)
        let first = Mutex<String?>(nil)
        do {
            _ = try await processes.run(command) { line in
                first.withLock { $0 = $0 ?? line }
            }
            return first.withLock { $0 } ?? program
        } catch let error as Diagnostic where error.code == "process.not-found" {
            throw error.wrapped(
                in: "images cannot be verified without `\(program)`",
                hint: "install the package `qemu-system-x86`, or set `/export/verify` to false")
        }
    }

    package func acceleration() async throws -> Acceleration {
        guard !hasGivenUp else { return .tcg }
        let found = try await proved()
        // Somebody may have given it up meanwhile.
        return hasGivenUp ? .tcg : found
    }

    package func giveUpAcceleration() -> Bool {
        defer { hasGivenUp = true }
        return !hasGivenUp
    }

    /// Waits until KVM is given up, which a machine that runs with it may never notice.
    private func afterGivingUp() async throws -> Diagnostic {
        while !hasGivenUp { try await time.sleep(seconds: Self.givenUpPollSeconds) }
        return Diagnostic(
            code: AccelerationFallback.givenUpCode,
            summary: "the virtual machine was ended, because KVM failed another one",
            hint: "run the same command again")
    }

    private func proved() async throws -> Acceleration {
        if let trial { return try await trial.value }
        let (program, processes, time) = (program, processes, time)
        let task = Task {
            let folder = try PrivateFolder(prefix: "dss-kvm")
            let result: Result<Acceleration, any Error>
            do {
                result = .success(
                    try await AccelerationTrial().run(
                        program: program, folder: folder.path, with: processes, time: time))
            } catch {
                result = .failure(error)
            }
            try folder.delete()
            return try result.get()
        }
        trial = task
        return try await task.value
    }

    package func run<Outcome: Sendable>(
        _ machine: VirtualMachine, by acceleration: Acceleration, deadlineSeconds: Double,
        _ work: @escaping @Sendable (RunningMachine) async throws -> Outcome
    ) async throws -> Outcome {
        for _ in 1..<Self.portTries {
            do {
                return try await attempt(machine, acceleration, deadlineSeconds, work)
            } catch let error as Diagnostic where error.code == "qemu.port-taken" {
                // Somebody was faster: other ports.
            }
        }
        return try await attempt(machine, acceleration, deadlineSeconds, work)
    }

    package func endMachines(below folder: String) async throws {
        try LeftMachines(below: folder).end()
    }

    /// One life of the machine: whichever ends first, it or the work, ends the other.
    private nonisolated func attempt<Outcome: Sendable>(
        _ machine: VirtualMachine, _ acceleration: Acceleration, _ deadlineSeconds: Double,
        _ work: @escaping @Sendable (RunningMachine) async throws -> Outcome
    ) async throws -> Outcome {
        var ports: [Int: Int] = [:]
        for port in machine.guestPorts { ports[port] = try LoopbackPort.free() }
        let command = try command(machine, acceleration, ports, deadlineSeconds)
        let running = RunningMachine(
            ports: ports, folder: machine.folder, time: time, stillSeconds: try stillSeconds())
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                let outcome = try await self.processes.run(command) { _ in }
                try Task.checkCancellation()
                throw Self.ended(outcome, running)
            }
            group.addTask { try await running.watching { try await work(running) } }
            if acceleration == .kvm {
                group.addTask { throw try await self.afterGivingUp() }
            }
            do {
                let result = try await group.next() ?? nil
                group.cancelAll()
                // The machine has ended before this returns.
                while await group.nextResult() != nil {}
                guard let result else { throw CancellationError() }
                return result
            } catch {
                group.cancelAll()
                while await group.nextResult() != nil {}
                throw error
            }
        }
    }

    private nonisolated func command(
        _ machine: VirtualMachine, _ acceleration: Acceleration, _ ports: [Int: Int],
        _ deadlineSeconds: Double
    ) throws -> ProcessCommand {
        let arguments = machine.arguments(
            acceleration: acceleration,
            firmwareImage: try Self.image(machine.hardware.firmware), ports: ports)
        return ProcessCommand(
            // A dead man's switch: should this process be killed, the machine still ends.
            executable: "timeout",
            arguments: [
                "--kill-after=\(Int(Self.graceSeconds))", "\(Int(deadlineSeconds) + 60)", program,
            ] + arguments,
            // What the guest writes to its disk lies there too.
            environment: ["TMPDIR": machine.folder], workingDirectory: machine.folder,
            timeoutSeconds: deadlineSeconds, graceSeconds: Self.graceSeconds)
    }

    private nonisolated func stillSeconds() throws -> Double? {
        guard let stillSetting else { return nil }
        guard let seconds = Double(stillSetting), seconds > 0, seconds.isFinite else {
            throw Diagnostic(
                code: "qemu.bad-setting", severity: .configuration,
                summary: "`\(Self.stillVariable)` is `\(stillSetting)`, which is no time",
                hint: "set it to a number of seconds, or unset it")
        }
        return seconds
    }

    private static func image(_ firmware: Firmware) throws -> String? {
        try firmware.image { FileManager.default.isReadableFile(atPath: $0) }
    }

    private static func ended(_ outcome: ProcessOutcome, _ running: RunningMachine) -> Diagnostic {
        let errors = outcome.standardErrorTail.split(whereSeparator: \.isNewline).map(String.init)
        if errors.contains(where: { $0.contains("Could not set up host forwarding rule") }) {
            return Diagnostic(
                code: "qemu.port-taken", summary: "a port that was free is taken now",
                causes: errors, hint: "run the same command again")
        }
        let console = (try? running.console()) ?? ""
        return Diagnostic(
            code: "qemu.ended", summary: "the virtual machine ended with status \(outcome.status)",
            causes: Array(errors.suffix(3)) + ConsoleText.lastLines(of: console),
            hint: "look at what the console shows last, then run the same command again")
    }
}
