import Diagnostics
import JSON
import Releasing
import TestSupport
import Testing

@testable import BuildGraph
@testable import Commands

@Suite struct RunEndTextTests {
    private let outputs: [StageName: JSONValue] = [
        "source-ami": ["imageId": "ami-base"],
        "ami": ["imageId": "ami-1", "snapshotIds": ["snap-1"], "name": "n"],
        "ami-copy-eu-west-1": ["imageId": "ami-2", "region": "eu-west-1"],
        "ami-public": ["public": true, "images": ["us-east-1": "ami-1", "eu-west-1": "ami-2"]],
        "export-vmdk": [
            "format": "VMDK", "url": "https://d.example/images/1.0/sandbox.vmdk",
            "bytes": 4_509_715_661, "bucket": "b", "key": "k",
        ],
        "export-inventory": ["bucket": "b"],
        "docker-image": [
            "image": "exasol/sandbox:1.0", "digest": "sha256:1", "sizeBytes": 1_073_741_824,
        ],
        "github-release": ["url": "https://github.com/o/n/releases/tag/1.0"],
        "vm-bucket": ["stackId": "arn:x", "stackName": "VM", "region": "us-east-1"],
    ]

    private func stage(
        _ name: StageName, _ status: RunEvent.Status, _ problem: Diagnostic? = nil,
        seconds: Double = 65
    ) -> RunSummary.Stage {
        RunSummary.Stage(
            name: name, status: status, seconds: seconds, problem: problem,
            changedFiles: name == "verify-vhd" ? ["checks/disk.yml"] : [])
    }

    /// What a preflight finds is told at once, and nothing came after it.
    @Test func `where nothing was begun the errors were the end`() {
        let problem = Diagnostic(code: "x.y", summary: "no such stack")
        let summary = RunSummary(
            status: .failed, stages: [stage("instance", .failed, problem, seconds: 0)],
            seconds: 1, runId: "run-1", problems: [], leftovers: [])
        #expect(RunEndText.failure(summary, .plain) == [])
    }

    @Test func `what was made is named with its place and size`() throws {
        let things = MadeThing.things(in: outputs, region: "us-east-1")
        try GoldenFile("end-made.txt").check(
            RunEndText.success(things, seconds: 754, location: "out/1.0")
                .joined(separator: "\n") + "\n")
    }

    @Test func `a pushed image goes before the one of the engine`() {
        let pushed = MadeThing.things(
            in: ["docker-push": ["image": "i:1", "digest": "sha256:2"]].merging(outputs) { $1 },
            region: nil)
        #expect(pushed.filter { $0.kind == "Docker image" }.map(\.detail) == ["pushed, sha256:2"])
        // Nobody knows where an image is whose release is unknown.
        let alone = MadeThing.things(in: ["ami": ["imageId": "ami-1"]], region: nil)
        #expect(alone == [])
    }

    @Test func `what an earlier run had made is told once`() {
        let image = MadeThing(kind: "AMI", name: "ami-1", detail: "r")
        let disk = MadeThing(kind: "VMDK", name: "https://x", detail: "1.0 GiB")
        #expect(
            RunEndText.success([disk], earlier: [image, disk], seconds: 65, location: "out") == [
                "done in 1 min 05 s:", "VMDK  1.0 GiB  https://x", "done before:",
                "AMI  r  ami-1", "results are in `out`",
            ])
    }

    @Test func `where nothing was made only the results are named`() {
        #expect(RunEndText.success([], seconds: 1, location: "out") == ["results are in `out`"])
    }

    @Test func `a failure ends with what failed and what to do`() throws {
        var broken = Diagnostic(
            code: "ansible.failed", summary: "task `Install` failed on the machine",
            causes: ["no space left on device\nsecond line", "deeper"],
            hint: "make the volume larger")
        broken.location = "ansible/sandbox.yml:7"
        broken.log = "out/1.0/install.log"
        let summary = RunSummary(
            status: .failed,
            stages: [
                stage("source-ami", .fresh), stage("install", .failed, broken),
                stage("docker-image", .failed, Diagnostic(code: "x.y", summary: "refused")),
                stage("notes", .failed), stage("ami", .blocked), stage("export-vmdk", .blocked),
                stage("sums", .cancelled), stage("verify-vhd", .succeeded),
            ],
            seconds: 200, runId: "run-1", problems: [], leftovers: [])
        try GoldenFile("end-failed.txt").check(
            RunEndText.failure(summary, .plain).joined(separator: "\n") + "\n")
    }
}
