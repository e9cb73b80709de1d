import BuildGraph
import Diagnostics
import JSON
import QEMU
import Synchronization

/// Starts one disk image twice, as two users would, and looks at it from outside.
struct DiskTrial: Sendable {
    typealias Boot = VerifyImage.Outputs.Boot

    /// What came of it.
    struct Result: Sendable {
        let boots: [Boot]
        let checks: [PassedCheck]
    }

    let disk: String
    let format: ImageFormat
    let manifest: ReleaseManifest
    let services: Services
    /// For files of the machines, and secrets; removed by the caller.
    let folder: PrivateFolder

    private static let sshPort = 22
    private static let jupyterPort = 8888
    private static let address = "127.0.0.1"

    /// Runs the trial; the caller holds a slot for local work.
    ///
    /// - Throws: `qemu.*`, `ssh.not-ready`, `ansible.*`, `verify.same-host-keys`.
    func run(_ context: StageContext) async throws -> Result {
        let computers = format.computers
        let visit: Work = { try await look(at: $0, $1, context) }
        let glance: Work = { _, _ in [] }
        async let second = boot(computers.second, in: "second", context, glance)
        let earlier = try await boot(computers.first, in: "first", context, visit)
        let later = try await second
        // What got too little to be judged by runs by itself.
        let first = try await judged(earlier, computers.first, in: "first", context, visit)
        let other = try await judged(later, computers.second, in: "second", context, glance)
        var checks = first.checks
        checks.append(try differ(first, other))
        return Result(boots: [first.boot, other.boot], checks: checks)
    }

    private struct Outcome: Sendable {
        let boot: Boot
        let hostKeys: Set<String>
        let checks: [PassedCheck]
    }

    /// What is done with a machine that came up, and its `known_hosts` lines.
    private typealias Work =
        @Sendable (RunningMachine, String) async throws -> [PassedCheck]

    /// How a boot ended.
    private enum Attempt: Sendable {
        case passed(Outcome)
        /// It got too little of this machine for its failure to mean anything.
        case starved(Diagnostic, share: Double)
        case failed(any Error, AccelerationFallback)

        /// Itself, unless it failed.
        func unlessFailed() throws -> Attempt {
            if case .failed(let error, _) = self { throw error }
            return self
        }
    }

    /// One machine; once more without acceleration where that may be what it fails for.
    private func boot(
        _ hardware: VirtualMachine.Hardware, in name: String, _ context: StageContext,
        _ work: @escaping Work
    ) async throws -> Attempt {
        let acceleration = try await services.emulator.acceleration()
        let start = Start(hardware: hardware, acceleration: acceleration, folder: name)
        let first = await attempt(start, context, work)
        guard case .failed(let error, let fallback) = first, fallback != .none, !Task.isCancelled
        else { return try first.unlessFailed() }
        if fallback == .givesUp { try await giveUpAcceleration(after: error, context) }
        context.progress(
            nil, "starting by \(hardware.firmware.rawValue) again, without acceleration")
        let again = Start(hardware: hardware, acceleration: .tcg, folder: "\(name)-tcg")
        let second = await attempt(again, context, work)
        if case .passed = second { try await giveUpAcceleration(after: error, context) }
        return try second.unlessFailed()
    }

    /// Starts a starved machine again, alone and with a clock that counts instructions.
    private func judged(
        _ attempt: Attempt, _ hardware: VirtualMachine.Hardware, in name: String,
        _ context: StageContext, _ work: @escaping Work
    ) async throws -> Outcome {
        switch attempt {
        case .passed(let outcome): return outcome
        case .failed(let error, _): throw error
        case .starved(let problem, let share):
            context.warn(
                "the machine by \(hardware.firmware.rawValue) failed (\(problem.summary)), but got "
                    + "only \(Int(share * 100)) % of the processor time that it wanted: it is "
                    + "started again, alone and with a clock that waits for it, which takes long")
            let start = Start(
                hardware: hardware, acceleration: .countedTCG, folder: "\(name)-counted")
            return try await run(start, context, work) { _ in }
        }
    }

    /// One boot, and what its failure means.
    private func attempt(
        _ start: Start, _ context: StageContext, _ work: @escaping Work
    ) async -> Attempt {
        let started = Mutex<RunningMachine?>(nil)
        do {
            return .passed(
                try await run(start, context, work) { machine in
                    started.withLock { $0 = machine }
                })
        } catch {
            let share = started.withLock { $0?.share }
            let fallback = AccelerationFallback(
                after: error, with: start.acceleration, share: share)
            guard fallback == .countsInstructions, !Task.isCancelled, let share else {
                return .failed(error, fallback)
            }
            return .starved(.from(error), share: share)
        }
    }

    /// Says so the first time.
    private func giveUpAcceleration(after error: any Error, _ context: StageContext) async throws {
        guard try await services.emulator.giveUpAcceleration() else { return }
        context.warn(
            "KVM does not carry real guests here (\(Diagnostic.from(error).summary)): disks are "
                + "verified without it from now on, which takes some minutes longer")
    }

    /// One boot of the disk.
    private struct Start: Sendable {
        let hardware: VirtualMachine.Hardware
        let acceleration: Acceleration
        /// Its name.
        let folder: String
    }

    private func run(
        _ start: Start, _ context: StageContext, _ work: @escaping Work,
        onStart: @escaping @Sendable (RunningMachine) -> Void
    ) async throws -> Outcome {
        let hardware = start.hardware
        let limits = TrialLimits(start.acceleration)
        let machine = VirtualMachine(
            disk: disk, format: format.diskFormat, hardware: hardware,
            guestPorts: [Self.sshPort, Self.jupyterPort],
            folder: try folder.makeFolder(start.folder))
        let beginning = context.time.monotonicSeconds()
        return try await services.emulator.run(
            machine, by: start.acceleration, deadlineSeconds: limits.lifeSeconds
        ) { running in
            onStart(running)
            context.progress(nil, "starting by \(hardware.firmware.rawValue)")
            // Its folder is gone when anybody asks.
            defer { Self.log(running, start, context) }
            let prompt = try await running.waitForLoginPrompt(limits.loginPrompt)
            let knownHosts = try await running.limiting(
                limits.ssh, code: "qemu.no-ssh", "ssh does not answer"
            ) {
                try await services.access.waitForGreeting(
                    host: Self.address, port: running.ports[Self.sshPort] ?? 0,
                    deadlineSeconds: limits.ssh.totalSeconds,
                    onProgress: { context.progress(nil, $0) })
            }
            let boot = Boot(
                firmware: hardware.firmware, diskBus: hardware.diskBus,
                networkCard: hardware.networkCard, acceleration: start.acceleration,
                loginPromptSeconds: prompt, sshSeconds: context.time.monotonicSeconds() - beginning)
            let prompted = PassedCheck(
                what: "the console of \(hardware.firmware.rawValue) shows a login prompt",
                seconds: prompt)
            return Outcome(
                boot: boot, hostKeys: Self.keys(knownHosts),
                checks: [prompted] + (try await work(running, knownHosts)))
        }
    }

    private static func log(
        _ machine: RunningMachine, _ start: Start, _ context: StageContext
    ) {
        let text = (try? machine.console()) ?? ""
        context.log.add("the console of \(start.folder):\n\(text)")
    }

    /// Logs in as the first user would, and looks around.
    private func look(
        at machine: RunningMachine, _ knownHosts: String, _ context: StageContext
    ) async throws -> [PassedCheck] {
        var secrets = try services.secrets.environment([.login, .jupyter])
        secrets[NewPassword.variable] = NewPassword.random()
        let jupyter = "http://\(Self.address):\(machine.ports[Self.jupyterPort] ?? 0)"
        let report = try await services.play(
            MachineChecks.diskPlaybook,
            on: .passwordMachine(
                host: Self.address, port: machine.ports[Self.sshPort] ?? 0,
                user: manifest.instance.user, knownHosts: knownHosts,
                passwordVariable: NewPassword.variable),
            secrets: secrets,
            variables: ["jupyter_url": .string(jupyter)], scratchFolder: folder.path,
            manifest: manifest, context: context)
        return report.checks
    }

    private func differ(_ first: Outcome, _ second: Outcome) throws -> PassedCheck {
        guard first.hostKeys.isDisjoint(with: second.hostKeys), !first.hostKeys.isEmpty else {
            throw Diagnostic(
                code: "verify.same-host-keys",
                summary: "two machines from one image have the same ssh host keys",
                hint: "the last playbook must remove `/etc/ssh/ssh_host_*`")
        }
        return PassedCheck(
            what: "two machines from the image have ssh host keys of their own", seconds: 0)
    }

    /// The keys of `known_hosts` lines, without the addresses, whose ports differ anyway.
    private static func keys(_ knownHosts: String) -> Set<String> {
        Set(
            knownHosts.split(separator: "\n").compactMap { line in
                line.split(separator: " ").last.map(String.init)
            })
    }
}
