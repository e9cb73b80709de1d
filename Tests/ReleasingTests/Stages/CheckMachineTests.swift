import Ansible
import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@testable import Releasing

@Suite struct CheckMachineTests {
    private let folder: TemporaryFolder
    private let fixture: ManifestFixture

    init() throws {
        folder = try TemporaryFolder()
        fixture = try ManifestFixture()
    }

    private func run(
        _ provisioner: FakeProvisioner, _ bench: StageBench
    ) async throws -> CheckMachine.Outputs {
        let machine = LaunchInstance.Outputs(
            stackName: "EC2-1", instanceId: "i-1", publicDnsName: "host.test",
            machine: Machine(
                host: "host.test", port: 22, user: "ubuntu", privateKeyPath: "/k", knownHosts: ""),
            scratchFolder: folder.path)
        let stage = CheckMachine(manifest: try fixture.read(), services: bench.services)
        return try await stage.run(
            try await bench.context(
                "check",
                upstream: [
                    .init(
                        name: "instance", of: LaunchInstance.self, outputs: try .encoding(machine))
                ]))
    }

    private func task(_ name: String, _ status: AnsibleTaskResult.Status) -> AnsibleTaskResult {
        AnsibleTaskResult(task: name, host: "sandbox", status: status, seconds: 0.5)
    }

    private func bench(_ provisioner: FakeProvisioner) -> StageBench {
        StageBench(
            provisioner: provisioner,
            secrets: MachineSecrets([.jupyter: Secret("j")]))
    }

    @Test func `the inventory and the bill of materials lie beside the results`() async throws {
        let provisioner = FakeProvisioner(
            tasks: [
                task("poetry : Check that Poetry is there", .ok),
                task("poetry : Install Poetry", .changed),
                task("gpu : Check that the driver is there", .skipped),
                task("Check that the mirror answers", .failed),
            ])
        let bench = bench(provisioner)
        let outputs = try await run(provisioner, bench)
        #expect(outputs.checks == [PassedCheck(what: "Poetry is there", seconds: 0.5)])
        #expect(outputs.documents.packages == 5)
        let bytes = try #require(await bench.results.readFile("ami.cdx.json"))
        #expect(Digest.of(bytes) == outputs.documents.sbom.sha256)
        #expect(await bench.results.readFile("ami.inventory.json") != nil)
    }

    @Test func `a check that fails makes the stage fail`() async throws {
        let provisioner = FakeProvisioner(
            problem: Diagnostic(code: "ansible.task-failed", summary: "not so"))
        let bench = bench(provisioner)
        let error = try await #require(throws: Diagnostic.self) {
            try await run(provisioner, bench)
        }
        #expect(error.code == "ansible.task-failed")
        #expect(await bench.results.readFile("ami.inventory.json") == nil)
    }
}
