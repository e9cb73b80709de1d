package import Diagnostics
import Glibc
import Synchronization

/// A virtual machine that runs.
package struct RunningMachine: Sendable {
    /// A loopback port of this machine by the guest's.
    package let ports: [Int: Int]
    private let files: MachineFiles
    private let time: any TimeSource
    /// Replaces what a guest may stand still for.
    private let stillSeconds: Double?
    /// What was seen of it so far; a reference, because the machine is handed around.
    private let observed = Observed()

    private static let pollSeconds = 0.5
    private static let monitorSeconds = 1.0
    /// Where a prompt is looked for; the kernel may write some lines behind it.
    private static let tailCharacters = 8192
    /// A guest that writes more than this to its console is out of its mind.
    private static let consoleLimitBytes = 16 * 1024 * 1024

    private final class Observed: Sendable {
        let diskBytes = Mutex<Int64>(0)
        let served = Mutex(ServedTime())
    }

    /// Of the processor time that it wanted so far, what it got; nil where it wanted hardly any.
    package var share: Double? { observed.served.withLock { $0.share } }

    /// Describes a machine.
    ///
    /// - Parameters:
    ///   - folder: its own; see `VirtualMachine.folder`.
    ///   - stillSeconds: what its guest may stand still for; nil for what the caller says.
    package init(
        ports: [Int: Int], folder: String, time: any TimeSource, stillSeconds: Double? = nil
    ) {
        self.ports = ports
        self.stillSeconds = stillSeconds
        self.files = MachineFiles(folder: folder)
        self.time = time
    }

    /// Waits until the guest's console asks for a login.
    ///
    /// - Returns: how long that took, in seconds.
    /// - Throws: `qemu.no-login-prompt`, `qemu.guest-panicked`, with the console's last lines.
    package func waitForLoginPrompt(_ limits: BootLimits) async throws -> Double {
        let start = time.monotonicSeconds()
        var limits = limits
        limits.stillSeconds = stillSeconds ?? limits.stillSeconds
        var watch = BootWatch(limits, start: start)
        while true {
            let text = try console()
            let tail = String(text.suffix(Self.tailCharacters))
            let moment = time.monotonicSeconds()
            if ConsoleText.asksForLogin(tail) { return moment - start }
            if ConsoleText.panics(tail) { throw panicked(text) }
            let progress = BootWatch.Progress(
                consoleBytes: text.utf8.count, diskBytes: observed.diskBytes.withLock { $0 })
            let use = ProcessorUse.ofProcess(in: files.process)
            switch watch.observe(progress, use, at: moment) {
            case .goOn: try await time.sleep(seconds: Self.pollSeconds)
            case .standsStill:
                throw noPrompt(
                    "stands still before a login prompt: for \(Int(limits.stillSeconds)) seconds "
                        + "of running it wrote nothing", text)
            case .tooLong:
                throw noPrompt(
                    "shows no login prompt within \(Int(limits.totalSeconds)) seconds", text)
            }
        }
    }

    /// Ends work that takes longer than limits allow; whether it gets on cannot be seen, so that
    /// only the time counts in which the machine could run.
    ///
    /// - Parameter what: as in "`what` does not end".
    /// - Throws: `code` with the console's last lines, and what `work` throws.
    package func limiting<Outcome: Sendable>(
        _ limits: BootLimits, code: String, _ what: String,
        _ work: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        try await Self.first(work) {
            let start = time.monotonicSeconds()
            var served = ServedTime()
            while served.seconds < limits.stillSeconds,
                time.monotonicSeconds() - start < limits.totalSeconds
            {
                try await time.sleep(seconds: Self.pollSeconds)
                served.observe(
                    ProcessorUse.ofProcess(in: files.process), at: time.monotonicSeconds())
            }
            throw Diagnostic(
                code: code,
                summary: "\(what) within \(Int(served.seconds)) seconds of the machine's running",
                causes: ConsoleText.lastLines(of: try console()),
                hint: "look at what the console shows last, then run the same command again")
        }
    }

    /// Ends work as soon as `qemu` says that the guest stands still, and watches what it gets.
    ///
    /// - Throws: `qemu.stopped`, and what `work` throws.
    func watching<Outcome: Sendable>(
        _ work: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        let monitor = MachineMonitor(folder: files.folder)
        return try await Self.first(work) {
            while true {
                try await time.sleep(seconds: Self.monitorSeconds)
                let use = ProcessorUse.ofProcess(in: files.process)
                let moment = time.monotonicSeconds()
                observed.served.withLock { $0.observe(use, at: moment) }
                guard let state = await monitor.state() else { continue }
                observed.diskBytes.withLock { $0 = state.diskBytes }
                if state.hasStopped { throw stopped(state) }
            }
        }
    }

    /// What the guest has written to its console so far; nothing before it wrote anything.
    package func console() throws -> String {
        do {
            let bytes = try FileContents.read(files.console, limitBytes: Self.consoleLimitBytes)
            return String(decoding: bytes, as: UTF8.self)
        } catch let error as Diagnostic where error.code == "file.not-found" {
            return ""
        }
    }

    /// The result of work, unless its guard throws before.
    private static func first<Outcome: Sendable>(
        _ work: @escaping @Sendable () async throws -> Outcome,
        unless guardian: @escaping @Sendable () async throws -> Void
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await guardian()
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}

extension RunningMachine {
    private func noPrompt(_ what: String, _ text: String) -> Diagnostic {
        Diagnostic(
            code: "qemu.no-login-prompt", summary: "the disk \(what)",
            causes: ConsoleText.lastLines(of: text),
            hint: "look at what the console shows last: a kernel that does not find its "
                + "disk lacks a driver in its initial RAM disk")
    }

    private func panicked(_ text: String) -> Diagnostic {
        Diagnostic(
            code: "qemu.guest-panicked", summary: "the kernel on the disk panics",
            causes: ConsoleText.lastLines(of: text),
            hint: "look at what the console shows last: a kernel that does not find its "
                + "disk lacks a driver in its initial RAM disk")
    }

    private func stopped(_ state: MachineState) -> Diagnostic {
        let isDiskFull = state.runState == "io-error"
        return Diagnostic(
            code: isDiskFull ? "qemu.io-error" : "qemu.stopped",
            summary: "`qemu` stopped the virtual machine: its state is `\(state.runState)`",
            causes: ConsoleText.lastLines(of: (try? console()) ?? ""),
            hint: isDiskFull
                ? "free space in the folder for temporary files, then run the same command again"
                : "look at what the console shows last, then run the same command again")
    }
}
