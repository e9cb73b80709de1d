import BuildGraph
import Diagnostics
import Testing

@testable import Releasing

@Suite struct PipelineLayoutTests {
    private struct NoHold: MachineHold {
        func ready(_ machine: ReadyMachine) async {}
        func untilReleased() async {}
    }

    private static let noFolder = Diagnostic(code: "results.no-folder", summary: "none")

    private static func setUp(lasts: Bool) -> PipelineLayout {
        .machine(.setUp(installs: true, lasts: lasts, existingKey: nil, hold: NoHold()))
    }

    private func stages(
        _ layout: PipelineLayout, folder: () throws -> String = { throw Self.noFolder }
    ) throws -> [any Stage] {
        try ManifestFixture().read().stages(
            services: StageBench().services, layout: layout, folder: folder)
    }

    @Test func `only a machine that lasts needs a folder on this machine`() throws {
        let layouts: [PipelineLayout] = [
            .release(ReleaseLayout()), .recordedDocuments, Self.setUp(lasts: false),
            .machine(.install(hostName: "h", privateKeyPath: "/k")),
            .machine(.resetPassword(hostName: "h", privateKeyPath: "/k")),
            .machine(.image(.instance("i-1"))),
        ]
        for layout in layouts { #expect(try !stages(layout).isEmpty) }
        #expect(throws: Self.noFolder) { try stages(Self.setUp(lasts: true)) }
        let machine = try stages(Self.setUp(lasts: true)) { "/results/machine" }
        let launch = machine.compactMap { $0 as? LaunchInstance }
        #expect(launch.map(\.lastingFolder) == ["/results/machine"])
    }

    @Test func `a layout says what a session has to know`() {
        func facts(_ layout: PipelineLayout) -> String {
            "\(layout.subfolder ?? "-") \(layout.recovers) \(layout.needsCloud)"
        }
        #expect(facts(.release(ReleaseLayout())) == "- true true")
        #expect(facts(.recordedDocuments) == "- false false")
        #expect(facts(Self.setUp(lasts: false)) == "machine true true")
        #expect(
            facts(.machine(.install(hostName: "h", privateKeyPath: "/k"))) == "machine true false")
        #expect(facts(.machine(.image(.instance("i-1")))) == "machine true true")
    }

    @Test func `a release takes what its session knows, and keeps what its command said`() throws {
        let layout = PipelineLayout.release(ReleaseLayout(keepsContainer: true))
            .completed(
                isLocal: true, adoptCommand: ReleaseCommandLine(manifest: "m.json", options: []))
        let stages = try stages(layout)
        let command = stages.compactMap { ($0 as? CreateAMI)?.adoptCommand }.first
        #expect(
            command?.adoption(of: "ami-1", as: "ami").command
                == "dssbatch adopt m.json ami --id ami-1")
        #expect(stages.contains { $0 is VerifyImage })
        #expect(try !self.stages(.release(ReleaseLayout())).contains { $0 is VerifyImage })
        guard case .release(let release) = layout else {
            Issue.record("another layout")
            return
        }
        #expect(release.keepsContainer)
    }
}
