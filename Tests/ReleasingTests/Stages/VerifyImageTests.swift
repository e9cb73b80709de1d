import Ansible
import BuildGraph
import Diagnostics
import Foundation
import JSON
import QEMU
import TestSupport
import Testing

@testable import Releasing

@Suite struct VerifyImageTests {
    private let fixture: ManifestFixture
    private let folder: TemporaryFolder
    private static let secrets = MachineSecrets([
        .login: Secret("default-password"), .jupyter: Secret("jupyter-password"),
    ])
    /// SHA-256 of `hello world`.
    private static let digest = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"

    init() throws {
        fixture = try ManifestFixture()
        folder = try TemporaryFolder()
    }

    private final class Scene: Sendable {
        let bench: StageBench
        let emulator: FakeEmulator
        let provisioner: FakeProvisioner
        let stage: VerifyImage

        init(
            _ manifest: ReleaseManifest, folder: String, secrets: MachineSecrets = secrets,
            bootProblem: Diagnostic? = nil, kvmProblem: Diagnostic? = nil,
            playProblem: Diagnostic? = nil, sameKeys: Bool = false
        ) {
            let timeline = Timeline()
            emulator = FakeEmulator(timeline, problem: bootProblem, kvmProblem: kvmProblem)
            provisioner = FakeProvisioner(
                tasks: [
                    .init(
                        task: "Look for a file", host: "sandbox", status: .ok,
                        seconds: 1),
                    .init(
                        task: "Check that a key login is refused", host: "sandbox", status: .ok,
                        seconds: 2),
                    .init(
                        task: "Check that pigs fly", host: "sandbox", status: .skipped,
                        seconds: 0),
                ], problem: playProblem)
            bench = StageBench(
                timeline: timeline, sameHostKeys: sameKeys, temporaryFolder: folder,
                provisioner: provisioner, emulator: emulator, secrets: secrets)
            stage = VerifyImage(
                format: .vmdk, manifest: manifest, services: bench.services,
                temporaryFolder: folder)
        }

        func context() async throws -> StageContext {
            let image = ExportVMImage.Outputs(
                bucket: "images", key: "dss/x.vmdk", bytes: 11, etag: "\"e\"", sha256: digest,
                crc64nvme: nil, url: "https://x", format: "VMDK", region: StageBench.region)
            return try await bench.context(
                "verify-vmdk",
                upstream: [
                    .init(
                        name: "export-vmdk", of: ExportVMImage.self,
                        outputs: try .encoding(image))
                ])
        }
    }

    private func scene(
        bootProblem: Diagnostic? = nil, kvmProblem: Diagnostic? = nil,
        playProblem: Diagnostic? = nil, sameKeys: Bool = false
    ) throws -> Scene {
        let scene = Scene(
            try fixture.read(), folder: folder.path, bootProblem: bootProblem,
            kvmProblem: kvmProblem, playProblem: playProblem, sameKeys: sameKeys)
        scene.bench.aws.on(
            "GetObject", ["if-match": "\"e\""], .pieces(["hello ", "world"], then: nil))
        return scene
    }

    private func left() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
    }

    @Test func `the disk is started by both firmwares, and what was checked is recorded`()
        async throws
    {
        let scene = try scene()
        let context = try await scene.context()
        let outputs = try await scene.stage.run(context)
        #expect(outputs.boots.map(\.firmware) == [.uefi, .bios])
        #expect(outputs.acceleration == .kvm)
        #expect(outputs.boots.map(\.acceleration) == [.kvm, .kvm])
        #expect(
            outputs.checks.map(\.what) == [
                "the console of UEFI shows a login prompt", "a key login is refused",
                "two machines from the image have ssh host keys of their own",
            ])
        #expect(outputs.checks[1].seconds == 2)
        #expect(Set(scene.emulator.machines.map(\.folder)).count == 2)
        #expect(try left() == [])
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test func `passwords reach the playbook as secrets, the new one unlike the others`()
        async throws
    {
        let scene = try scene()
        _ = try await scene.stage.run(try await scene.context())
        let play = try #require(scene.provisioner.plays.first)
        #expect(scene.provisioner.plays.count == 1)
        #expect(play.playbook.hasSuffix("checks/disk.yml"))
        let names = play.environment.keys.sorted()
        #expect(names == ["DSS_DEFAULT_PASSWORD", "DSS_JUPYTER_PASSWORD", "DSS_NEW_PASSWORD"])
        let fresh = try #require(play.environment["DSS_NEW_PASSWORD"]?.reveal())
        #expect(fresh.count == 24)
        #expect(!play.variables.compactText.contains(fresh))
        #expect(!play.variables.compactText.contains("password"))
        #expect(play.variables["jupyter_url"] == "http://127.0.0.1:13888")
        guard case .passwordMachine(_, let port, _, _, let variable) = play.target else {
            Issue.record("another target: \(play.target)")
            return
        }
        #expect(port == 5022)
        #expect(variable == "DSS_NEW_PASSWORD")
    }

    @Test func `an image that is not the recorded one is not even started`() async throws {
        let scene = Scene(try fixture.read(), folder: folder.path)
        scene.bench.aws.on("GetObject", [:], .pieces(["hello", " earth"], then: nil))
        let context = try await scene.context()
        let error = try await #require(throws: Diagnostic.self) {
            try await scene.stage.run(context)
        }
        #expect(error.code == "object.other-digest")
        #expect(scene.emulator.machines.isEmpty)
        #expect(try left() == [])
    }

    @Test(arguments: ["boot", "play", "keys"])
    func `whatever fails, nothing is left, and the image is named`(part: String) async throws {
        let problem = Diagnostic(code: "test.broken", summary: "broken")
        let scene = try scene(
            bootProblem: part == "boot" ? problem : nil,
            playProblem: part == "play" ? problem : nil, sameKeys: part == "keys")
        let context = try await scene.context()
        let error = try await #require(throws: Diagnostic.self) {
            try await scene.stage.run(context)
        }
        #expect(error.code == (part == "keys" ? "verify.same-host-keys" : "test.broken"))
        #expect(error.summary.contains("s3://images/dss/x.vmdk"))
        #expect(try left() == [])
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test func `an image that only KVM does not carry is good, and the run goes on without KVM`()
        async throws
    {
        let scene = try scene(
            kvmProblem: Diagnostic(code: "qemu.stopped", summary: "its state is `internal-error`"))
        let outputs = try await scene.stage.run(try await scene.context())
        #expect(outputs.acceleration == .tcg)
        #expect(outputs.boots.map(\.acceleration) == [.tcg, .tcg])
        let warnings = scene.bench.messages.filter { $0.contains("KVM does not carry") }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("internal-error") == true)
        // Whichever began before KVM was given up was tried with it.
        let boots = scene.emulator.machines.count
        #expect((3...4).contains(boots))
        scene.bench.aws.on(
            "GetObject", ["if-match": "\"e\""], .pieces(["hello ", "world"], then: nil))
        _ = try await scene.stage.run(try await scene.context())
        #expect(scene.emulator.machines.count == boots + 2)
        #expect(try left() == [])
    }

    @Test func `a check that fails with KVM only fails if it does without, too`() async throws {
        let problem = Diagnostic(code: "ansible.failed", summary: "Jupyter answers 500")
        let scene = try scene(playProblem: problem)
        let context = try await scene.context()
        let error = try await #require(throws: Diagnostic.self) {
            try await scene.stage.run(context)
        }
        #expect(error.code == "ansible.failed")
        #expect(scene.provisioner.plays.count == 2)
        #expect(scene.emulator.acceleration() == .kvm)
    }

    @Test func `what this machine lacks is no verdict on the image`() async throws {
        let scene = try scene(
            bootProblem: Diagnostic(code: "qemu.io-error", summary: "the disk is full"))
        let context = try await scene.context()
        let error = try await #require(throws: Diagnostic.self) {
            try await scene.stage.run(context)
        }
        #expect(error.summary.hasSuffix("cannot be looked at here"))
        #expect(scene.emulator.machines.count <= 2)
    }

    @Test func `what an interrupted verification left goes first, found by its prefix`()
        async throws
    {
        let scene = try scene()
        let old = try PrivateFolder(prefix: "dss-vrun-0.0", in: folder.path)
        try await scene.bench.leave(
            "local:work-folder", of: "verify-vmdk", name: folder.path,
            details: ["prefix": "dss-vrun-0.0"])
        _ = try await scene.stage.run(try await scene.context())
        #expect(scene.bench.timeline.all.contains("end machines \(old.path)"))
        #expect(scene.bench.timeline.all.contains("remove key \(old.path)"))
    }

    @Test func `another architecture is refused before anything starts`() async throws {
        let manifest = try fixture.read {
            try $0.setting(
                JSONPointer(tokens: ["ami", "base", "architecture"]), to: "arm64")
        }
        let scene = Scene(manifest, folder: folder.path)
        let context = try await scene.context()
        let error = try await #require(throws: Diagnostic.self) {
            try await scene.stage.preflight(context)
        }
        #expect(error.code == "verify.architecture")
        #expect(error.severity == .configuration)
        #expect(scene.bench.timeline.all.isEmpty)
    }

    @Test func `without a password it is said before anything starts`() async throws {
        let scene = Scene(
            try fixture.read(), folder: folder.path,
            secrets: MachineSecrets([.jupyter: Secret("j")]))
        let context = try await scene.context()
        let error = try await #require(throws: Diagnostic.self) {
            try await scene.stage.preflight(context)
        }
        #expect(error.code == "secrets.missing")
        #expect(error.summary.contains("DSS_DEFAULT_PASSWORD"))
    }
}
