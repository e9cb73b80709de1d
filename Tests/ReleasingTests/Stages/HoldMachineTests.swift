import BuildGraph
import JSON
import Testing

@testable import Releasing

/// A person who never gives a machine back.
private struct Forgetful: MachineHold {
    func ready(_ machine: ReadyMachine) async {}
    func untilReleased() async {
        while !Task.isCancelled { await Task.yield() }
    }
}

@Suite struct HoldMachineTests {
    @Test func `a machine that nobody gives back is held no longer than it lives`() async throws {
        let bench = StageBench()
        let stage = HoldMachine(
            hold: Forgetful(), access: bench.services.access, lastingFolder: nil,
            upstream: ["instance"])
        let machine = LaunchInstance.Outputs(
            stackName: "EC2-1", instanceId: "i-1", publicDnsName: "host.test",
            machine: Machine(
                host: "host.test", port: 22, user: "ubuntu", privateKeyPath: "/k", knownHosts: ""),
            scratchFolder: "/keys/dss-1")
        let context = try await bench.context(
            "hold",
            upstream: [
                UpstreamOutputs.Entry(
                    name: "instance", of: LaunchInstance.self, outputs: try .encoding(machine))
            ])
        _ = try await stage.run(context)
        #expect(bench.messages.contains { $0.contains("nobody has given the machine back") })
    }
}
