import BuildGraph
import Diagnostics
import JSON
import QEMU

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
    let services: SandboxServices
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
        async let second = boot(computers.second, in: "second", context) { _, _ in [] }
        let first = try await boot(computers.first, in: "first", context) {
            machine, knownHosts in try await look(at: machine, knownHosts, context)
        }
        let other = try await second
        var checks = first.checks
        checks.append(try differ(first, other))
        return Result(boots: [first.boot, other.boot], checks: checks)
    }

    private struct Outcome: Sendable {
        let boot: Boot
        let hostKeys: Set<String>
        let checks: [PassedCheck]
    }

    /// One machine; once more without acceleration where that may be what it fails for.
    private func boot(
        _ hardware: VirtualMachine.Hardware, in name: String, _ context: StageContext,
        _ work: @escaping @Sendable (RunningMachine, String) async throws -> [PassedCheck]
    ) async throws -> Outcome {
        let emulator = services.emulator
        let acceleration = try await emulator.acceleration()
        do {
            return try await start(hardware, by: acceleration, in: name, context, work)
        } catch {
            let fallback = AccelerationFallback(after: error, with: acceleration)
            guard fallback != .none, !Task.isCancelled else { throw error }
            if fallback == .givesUp { try await giveUpAcceleration(after: error, context) }
            context.progress(
                nil, "starting by \(hardware.firmware.rawValue) again, without acceleration")
            let outcome = try await start(hardware, by: .tcg, in: "\(name)-tcg", context, work)
            try await giveUpAcceleration(after: error, context)
            return outcome
        }
    }

    /// Says so the first time.
    private func giveUpAcceleration(after error: any Error, _ context: StageContext) async throws {
        guard try await services.emulator.giveUpAcceleration() else { return }
        context.warn(
            "KVM does not carry real guests here (\(Diagnostic.from(error).summary)): disks are "
                + "verified without it from now on, which takes some minutes longer")
    }

    private func start(
        _ hardware: VirtualMachine.Hardware, by acceleration: Acceleration, in name: String,
        _ context: StageContext,
        _ work: @escaping @Sendable (RunningMachine, String) async throws -> [PassedCheck]
    ) async throws -> Outcome {
        let limits = TrialLimits(acceleration)
        let machine = VirtualMachine(
            disk: disk, format: format.diskFormat, hardware: hardware,
            guestPorts: [Self.sshPort, Self.jupyterPort], folder: try folder.makeFolder(name))
        let start = context.time.monotonicSeconds()
        return try await services.emulator.run(
            machine, by: acceleration, deadlineSeconds: limits.lifeSeconds
        ) { running in
            context.progress(nil, "starting by \(hardware.firmware.rawValue)")
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
                networkCard: hardware.networkCard, acceleration: acceleration,
                loginPromptSeconds: prompt, sshSeconds: context.time.monotonicSeconds() - start)
            let prompted = PassedCheck(
                what: "the console of \(hardware.firmware.rawValue) shows a login prompt",
                seconds: prompt)
            return Outcome(
                boot: boot, hostKeys: Self.keys(knownHosts),
                checks: [prompted] + (try await work(running, knownHosts)))
        }
    }

    /// Logs in as the first user would, and looks around.
    private func look(
        at machine: RunningMachine, _ knownHosts: String, _ context: StageContext
    ) async throws -> [PassedCheck] {
        let secrets = services.secrets
        let jupyter = "http://\(Self.address):\(machine.ports[Self.jupyterPort] ?? 0)"
        let report = try await services.play(
            MachineChecks.diskPlaybook,
            on: .passwordMachine(
                host: Self.address, port: machine.ports[Self.sshPort] ?? 0,
                user: manifest.instance.user, knownHosts: knownHosts,
                passwordVariable: NewPassword.variable),
            secrets: [
                MachineSecrets.defaultVariable: try secrets.required(\.defaultPassword),
                MachineSecrets.jupyterVariable: try secrets.required(\.jupyterPassword),
                NewPassword.variable: NewPassword.random(),
            ],
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
