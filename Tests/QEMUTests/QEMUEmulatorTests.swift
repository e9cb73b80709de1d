import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import QEMU

@Suite struct QEMUEmulatorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var machine: VirtualMachine {
        VirtualMachine(
            disk: "/nowhere/disk.raw", format: .raw,
            hardware: .init(firmware: .bios, diskBus: .ide, networkCard: .e1000),
            guestPorts: [22], folder: folder.path)
    }

    private static func isTrial(_ command: ProcessCommand) -> Bool {
        command.arguments.contains { $0.hasPrefix("isa-debug-exit") }
    }

    /// An emulator without KVM whose machines do what `life` says.
    private func emulator(
        _ life: @escaping @Sendable (ProcessCommand) async throws -> ScriptedProcessRunner.Reply
    ) -> (QEMUEmulator, ScriptedProcessRunner) {
        let processes = ScriptedProcessRunner { command in
            Self.isTrial(command) ? .init(status: 1) : try await life(command)
        }
        return (QEMUEmulator(processes: processes, environment: [:]), processes)
    }

    private static let forever:
        @Sendable (ProcessCommand) async throws ->
            ScriptedProcessRunner.Reply = { _ in
                try await Task.sleep(for: .seconds(3600))
                return .init()
            }

    @Test func `the machine ends when the work is done, and its result is given`() async throws {
        let (emulator, processes) = emulator(Self.forever)
        let port = try await emulator.run(machine, by: .tcg, deadlineSeconds: 30) {
            $0.ports[22] ?? 0
        }
        #expect(port > 0)
        let command = try #require(processes.commands.last)
        #expect(command.executable == "timeout")
        #expect(command.timeoutSeconds == 30)
        #expect(command.environment["TMPDIR"] == folder.path)
    }

    @Test func `a machine that ends by itself ends the work and says what it showed`() async throws
    {
        try AtomicFile.write(
            Array("Kernel panic - not syncing\n".utf8), to: machine.files.console)
        let (emulator, _) = emulator { _ in .init(status: 1, standardErrorTail: "no such disk\n") }
        let error = try await #require(throws: Diagnostic.self) {
            try await emulator.run(machine, by: .tcg, deadlineSeconds: 30) { _ in
                try await Task.sleep(for: .seconds(3600))
            }
        }
        #expect(error.code == "qemu.ended")
        #expect(
            error.causes == ["no such disk", "console: Kernel panic - not syncing"])
    }

    @Test func `a port that somebody took first is not the end`() async throws {
        let (emulator, processes) = emulator { [folder] command in
            let marker = "\(folder.path)/tried"
            if FileManager.default.fileExists(atPath: marker) {
                return try await Self.forever(command)
            }
            try AtomicFile.write([], to: marker)
            return .init(
                status: 1, standardErrorTail: "Could not set up host forwarding rule 'tcp'")
        }
        try await emulator.run(machine, by: .tcg, deadlineSeconds: 30) { _ in
            try #require(try await eventually { processes.commands.count == 2 })
        }
        #expect(processes.commands.count == 2)
    }

    @Test func `what the work throws is what the caller hears`() async throws {
        let (emulator, _) = emulator(Self.forever)
        let error = try await #require(throws: Diagnostic.self) {
            try await emulator.run(machine, by: .tcg, deadlineSeconds: 30) { _ in
                throw Diagnostic(code: "test.mine", summary: "mine")
            }
        }
        #expect(error.code == "test.mine")
    }

    @Test(arguments: [(67, Acceleration.kvm), (0, .tcg), (1, .tcg), (139, .tcg)])
    func `only a guest that really ran proves KVM`(status: Int, found: Acceleration) async throws {
        let processes = ScriptedProcessRunner { _ in .init(status: status) }
        let emulator = QEMUEmulator(processes: processes, environment: ["DSS_QEMU": "/my/qemu"])
        #expect(try await emulator.acceleration() == found)
        #expect(try await emulator.acceleration() == found)
        #expect(processes.commands.map(\.executable) == ["/my/qemu"])
    }

    @Test func `KVM that was given up stays so, whatever the trial says`() async throws {
        let processes = ScriptedProcessRunner { _ in .init(status: 67) }
        let emulator = QEMUEmulator(processes: processes, environment: [:])
        #expect(try await emulator.acceleration() == .kvm)
        #expect(await emulator.giveUpAcceleration())
        #expect(await emulator.giveUpAcceleration() == false)
        #expect(try await emulator.acceleration() == .tcg)
    }

    @Test func `KVM that is given up ends the machines that run with it, and no others`()
        async throws
    {
        let emulator = QEMUEmulator(
            processes: ScriptedProcessRunner(Self.forever), environment: [:])
        let machine = machine
        let accelerated = Task {
            try await emulator.run(machine, by: .kvm, deadlineSeconds: 7200) { _ in
                try await Task.sleep(for: .seconds(3600))
            }
        }
        let emulated = Task {
            try await emulator.run(machine, by: .tcg, deadlineSeconds: 7200) { _ in
                // Longer than its sibling, which shows that it went on.
                await #expect(throws: Diagnostic.self) { try await accelerated.value }
                return "done"
            }
        }
        #expect(await emulator.giveUpAcceleration())
        let error = try await #require(throws: Diagnostic.self) { try await accelerated.value }
        #expect(error.code == "qemu.kvm-given-up")
        #expect(try await emulated.value == "done")
    }

    @Test func `a machine that qemu stopped ends the work`() async throws {
        let monitor = try FakeMonitor(folder: folder.path, runState: "internal-error")
        defer { monitor.stop() }
        let (emulator, _) = emulator(Self.forever)
        let error = try await #require(throws: Diagnostic.self) {
            try await emulator.run(machine, by: .kvm, deadlineSeconds: 600) { _ in
                try await Task.sleep(for: .seconds(3600))
            }
        }
        #expect(error.code == "qemu.stopped")
        #expect(error.summary.contains("internal-error"))
    }

    @Test func `a time that is none is refused before anything starts`() async throws {
        let emulator = QEMUEmulator(
            processes: ScriptedProcessRunner { _ in .init() },
            environment: ["DSS_BOOT_STILL_SECONDS": "-1"])
        let error = try await #require(throws: Diagnostic.self) { try await emulator.preflight([]) }
        #expect(error.code == "qemu.bad-setting")
        #expect(error.severity == .configuration)
    }

    @Test func `a trial that hangs means no KVM`() async throws {
        let processes = ScriptedProcessRunner { _ in
            throw Diagnostic(code: "process.timeout", summary: "hangs")
        }
        let emulator = QEMUEmulator(processes: processes, environment: [:])
        #expect(try await emulator.acceleration() == .tcg)
    }

    @Test func `a trial that qemu stops means no KVM, at once`() async throws {
        let monitors = Mutex<[FakeMonitor]>([])
        defer { for monitor in monitors.withLock({ $0 }) { monitor.stop() } }
        let processes = ScriptedProcessRunner { command in
            let folder = try #require(command.workingDirectory)
            let monitor = try FakeMonitor(folder: folder, runState: "internal-error")
            monitors.withLock { $0.append(monitor) }
            return try await Self.forever(command)
        }
        let emulator = QEMUEmulator(processes: processes, environment: [:])
        #expect(try await emulator.acceleration() == .tcg)
        #expect(processes.commands.count == 1)
    }

    @Test(.enabled(if: Self.hasQEMU))
    func `the boot sector comes to its end where nothing is accelerated`() async throws {
        let image = try folder.write("sector.img", "")
        try AtomicFile.write(TrialGuest.bootSector, to: image)
        let command = ProcessCommand(
            executable: "qemu-system-x86_64",
            arguments: [
                "-nodefaults", "-display", "none", "-no-reboot", "-machine", "pc",
                "-accel", "tcg", "-cpu", "max", "-m", "16",
                "-device", "isa-debug-exit,iobase=\(TrialGuest.port),iosize=0x04",
                "-drive", "if=ide,format=raw,snapshot=on,file=\(image)",
            ], timeoutSeconds: 600)
        let outcome = try await SubprocessRunner().run(command) { _ in }
        #expect(outcome.status == TrialGuest.provingStatus)
    }

    private static let hasQEMU = FileManager.default.isExecutableFile(
        atPath: "/usr/bin/qemu-system-x86_64")

    @Test func `the boot sector is one sector with the mark that firmware looks for`() {
        let sector = TrialGuest.bootSector
        #expect(sector.count == 512)
        #expect(sector.suffix(2) == [0x55, 0xaa])
    }

    @Test func `without the program, its package is named`() async throws {
        let processes = ScriptedProcessRunner { _ in
            throw Diagnostic(
                code: "process.not-found", severity: .configuration, summary: "not there")
        }
        let emulator = QEMUEmulator(processes: processes, environment: [:])
        let error = try await #require(throws: Diagnostic.self) {
            try await emulator.preflight([.bios])
        }
        #expect(error.severity == .configuration)
        #expect(error.hint?.contains("qemu-system-x86") == true)
    }

    @Test func `a machine that outlived its run is ended, and no other process`() throws {
        let left = try start(["tail", "-f", try folder.write("disk", "")])
        let other = try start(["sleep", "3600"])
        // It inherits a thread's signal mask, in which SIGTERM may be blocked.
        defer { kill(other.processIdentifier, SIGKILL) }
        try folder.write("first/qemu.pid", "\(left.processIdentifier)\n")
        try folder.write("second/qemu.pid", "\(other.processIdentifier)\n")
        try LeftMachines(below: folder.path).end()
        left.waitUntilExit()
        #expect(left.terminationReason == .uncaughtSignal)
        #expect(other.isRunning)
    }

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        return process
    }
}
