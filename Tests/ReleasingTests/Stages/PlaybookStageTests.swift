import Ansible
import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@testable import Releasing

@Suite struct PlaybookStageTests {
    private static let passwords: [MachineSecrets.Password: Secret] = [
        .login: Secret("l"), .jupyter: Secret("j"),
    ]
    private let folder: TemporaryFolder
    private let fixture: ManifestFixture
    private let provisioner = FakeProvisioner()

    init() throws {
        folder = try TemporaryFolder()
        fixture = try ManifestFixture()
    }

    private func bench(
        _ secrets: [MachineSecrets.Password: Secret] = Self.passwords
    ) -> StageBench {
        StageBench(provisioner: provisioner, secrets: MachineSecrets(secrets))
    }

    private func stages(_ bench: StageBench) throws -> [any PlaybookStage] {
        let manifest = try fixture.read()
        return [
            Install(manifest: manifest, services: bench.services),
            CheckMachine(manifest: manifest, services: bench.services),
            ResetPassword(manifest: manifest, services: bench.services),
        ]
    }

    private func run<Played: PlaybookStage>(_ stage: Played, _ bench: StageBench) async throws {
        let machine = Machine(
            host: "host.test", port: 22, user: "ubuntu", privateKeyPath: "/k", knownHosts: "")
        let launched = LaunchInstance.Outputs(
            stackName: "EC2-1", instanceId: "i-1", publicDnsName: "host.test", machine: machine,
            scratchFolder: folder.path)
        _ = try await stage.run(
            try await bench.context(
                stage.name,
                upstream: [
                    .init(
                        name: "instance", of: LaunchInstance.self, outputs: try .encoding(launched))
                ]))
    }

    @Test func `each plays its own playbook with its own password alone`() async throws {
        let bench = bench()
        for stage in try stages(bench) { try await run(stage, bench) }
        let manifest = try fixture.read()
        #expect(
            provisioner.plays.map(\.playbook)
                == [
                    manifest.provision.playbook, MachineChecks.machinePlaybook,
                    manifest.provision.resetPlaybook,
                ].map { manifest.project.absolute($0) })
        #expect(
            provisioner.plays.map { $0.environment.mapValues { $0.reveal() } } == [
                ["DSS_JUPYTER_PASSWORD": "j"], ["DSS_JUPYTER_PASSWORD": "j"],
                ["DSS_DEFAULT_PASSWORD": "l"],
            ])
    }

    @Test func `the ten slowest tasks that ran are kept, the slowest first`() {
        let tasks = (0..<12).map { number in
            AnsibleTaskResult(
                task: "role : task \(number)", host: "h",
                status: number == 11 ? .skipped : .ok, seconds: Double(number % 6))
        }
        let slowest = AnsibleReport(recap: [:], tasks: tasks).slowest
        #expect(
            slowest.map(\.task.last) == ["5", "4", "0", "3", "9", "2", "8", "1", "7", "0"])
        #expect(slowest.map(\.seconds) == [5, 4, 4, 3, 3, 2, 2, 1, 1, 0])
    }

    @Test(arguments: [MachineSecrets.Password.login, .jupyter], [nil, ""])
    func `a password that is missing or empty is found before anything starts`(
        missing: MachineSecrets.Password, text: String?
    ) async throws {
        var secrets = Self.passwords
        secrets[missing] = text.map { Secret($0) }
        let bench = bench(secrets)
        for stage in try stages(bench) {
            let context = try await bench.context(stage.name)
            guard stage.passwords.contains(missing) else {
                try await stage.preflight(context)
                continue
            }
            let error = try await #require(throws: Diagnostic.self) {
                try await stage.preflight(context)
            }
            #expect(error.code == "secrets.missing")
            #expect(error.summary.contains(missing.variable))
        }
    }

    @Test func `what a stage is made of is what older results say`() throws {
        let stages = try stages(bench())
        #expect(stages.map(\.name) == ["install", "check", "reset-password"])
        #expect(
            stages.map(\.upstream) == [
                ["instance"], ["instance", "install"], ["instance", "install", "check"],
            ])
        #expect(stages.map(\.revision) == [1, 1, 1])
        #expect(stages.map(\.lifetime) == [.ephemeral, .ephemeral, .ephemeral])
        #expect(stages.map(\.inputs.isEmpty) == [false, true, true])
    }
}
