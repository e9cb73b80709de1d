import AWS
import BuildGraph
import Diagnostics
import DockerEngine
import Testing

@testable import Releasing

@Suite struct LeftoverRemovalTests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()

    private func remove(
        _ resource: String, name: String? = nil, id: String? = nil, details: [String: String] = [:]
    ) async throws {
        let entry = try await bench.leave(
            resource, of: "stage", name: name, id: id, details: details)
        let outcome = try await LeftoverRemoval(services: bench.services).remove(
            Leftover(entry), onProgress: { _, _ in })
        #expect(outcome == .gone)
    }

    private static let run = StageBench.earlierRun
    private static let key = "images/1.0/k"

    private func calls() -> [String] { bench.aws.calls.map(\.action) }

    @Test func `a stack is found by its name where its id was never learnt`() async throws {
        bench.aws.on(
            "DescribeStacks", ["StackName": "EC2-1"],
            .stack("REVIEW_IN_PROGRESS", name: "EC2-DATA-SCIENCE-SANDBOX-1-0-abcde", run: nil))

        bench.aws.on("DeleteStack", ["StackName": "arn:stack"], .empty)
        bench.aws.on("DescribeStacks", ["StackName": "arn:stack"], .stack("DELETE_COMPLETE"))
        try await remove("cloudformation:stack", name: "EC2-1")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a key pair goes by its name`() async throws {
        bench.aws.on(
            "DescribeKeyPairs", ["Filter.1.Value.1": "EC2-1"], .keyPair("EC2-1", run: Self.run))
        bench.aws.on("DeleteKeyPair", ["KeyName": "EC2-1"], .empty)
        try await remove("ec2:key-pair", name: "EC2-1", id: "key-1")
        #expect(calls() == ["DescribeKeyPairs", "DeleteKeyPair"])
    }

    @Test func `a key pair that is gone is not deleted again, which a role would refuse`()
        async throws
    {
        bench.aws.on("DescribeKeyPairs", [:], .noKeyPair)
        try await remove("ec2:key-pair", name: "EC2-1", id: "key-1")
        #expect(calls() == ["DescribeKeyPairs"])
    }

    @Test func `a refused deletion of what a second look does not find is done`() async throws {
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("EC2-1", run: Self.run), .noKeyPair)
        bench.aws.on("DeleteKeyPair", [:], .error("aws.UnauthorizedOperation"))
        try await remove("ec2:key-pair", name: "EC2-1", id: "key-1")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a private key's folder is deleted on this machine`() async throws {
        try await remove("local:private-key", name: "/keys/dss-run-0.0")
        #expect(bench.timeline.place("remove key /keys/dss-run-0.0") != nil)
        #expect(bench.aws.calls.isEmpty)
    }

    @Test func `a container and an unproven image go by their names`() async throws {
        bench.engine.on("inspectContainer dss-1.0-run", .state(Self.container(run: Self.run)))
        bench.engine.on("removeContainer dss-1.0-run", .done)
        let image = "x:unproven-run-0.1"
        let labels = [ResourceNames.assetTag: "1.0"]
        bench.engine.on("inspectImage \(image)", .image(EngineImage(id: "i", labels: labels)))
        bench.engine.on("removeImage \(image)", .done)
        try await remove("docker:container", name: "dss-1.0-run", id: "c1")
        try await remove("docker:image", name: image, id: "sha256:1")
        #expect(bench.engine.unused.isEmpty)
    }

    @Test(arguments: [nil, "ami-1"])
    func `an image goes with its snapshots, by id or by name`(id: String?) async throws {
        let image = Answer.image(
            "ami-1", state: "pending", snapshots: ["snap-1"],
            tags: [ResourceNames.assetTag: "1.0", ResourceNames.runTag: StageBench.earlierRun])
        let wanted = id == nil ? ["Owner.1": "self"] : ["ImageId.1": "ami-1"]
        bench.aws.on("DescribeImages", wanted, .images(image))
        bench.aws.on("DeregisterImage", ["ImageId": "ami-1"], .empty)
        bench.aws.on("DescribeSnapshots", ["Filter.1.Value.1": "snap-1"], .snapshot("snap-1"))
        bench.aws.on("DeleteSnapshot", ["SnapshotId": "snap-1"], .empty)
        try await remove("ec2:image", name: "sandbox-1.0", id: id)
        #expect(
            calls() == [
                "DescribeImages", "DeregisterImage", "DescribeSnapshots", "DeleteSnapshot",
            ])
    }

    @Test func `an image that is gone is no error`() async throws {
        bench.aws.on("DescribeImages", [:], .error("aws.InvalidAMIID.NotFound"))
        try await remove("ec2:image", name: "sandbox-1.0", id: "ami-1")
        #expect(calls() == ["DescribeImages"])
    }

    private static let export = [
        "imageId": "ami-1", "format": "VHD", "bucket": "bucket", "folder": "images/1.0/",
        "description": "Data Science Sandbox 1.0, VHD",
    ]

    private func tellExportTask(_ statuses: String...) {
        for status in statuses {
            bench.aws.on(
                "DescribeExportImageTasks", ["ExportImageTaskId.1": "export-ami-1"],
                .exportTasks(Answer.exportTask("export-ami-1", status)))
        }
    }

    @Test(arguments: ["", "aws.IncorrectState", "aws.UnauthorizedOperation"])
    func `an export's task is cancelled and what it wrote deleted`(code: String) async throws {
        tellExportTask("active")
        if !code.isEmpty { tellExportTask("completed") }
        bench.aws.on(
            "CancelExportTask", ["ExportTaskId": "export-ami-1"],
            code.isEmpty ? .empty : .error(code))
        bench.aws.on(
            "DeleteObject", ["bucket": "bucket", "key": "images/1.0/export-ami-1.vhd"], .empty)
        try await remove("ec2:export-image-task", id: "export-ami-1", details: Self.export)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test(arguments: ["completed", "deleted", ""])
    func `an export that has ended is not cancelled`(status: String) async throws {
        if status.isEmpty {
            bench.aws.on(
                "DescribeExportImageTasks", [:], .error("aws.InvalidExportTaskID.NotFound"))
        } else {
            tellExportTask(status)
        }
        bench.aws.on("DeleteObject", ["key": "images/1.0/export-ami-1.vhd"], .empty)
        try await remove("ec2:export-image-task", id: "export-ami-1", details: Self.export)
        #expect(calls() == ["DescribeExportImageTasks", "DeleteObject"])
    }

    @Test func `an export whose id was never learnt is found by its run and image`() async throws {
        bench.aws.on(
            "DescribeExportImageTasks", [:],
            .exportTasks(
                Answer.exportTask("export-ami-8", "active", tags: Answer.made(by: "run-8")),
                Answer.exportTask("export-ami-9", "active", imageId: "ami-9"),
                Answer.exportTask("export-ami-7", "active", format: "VMDK"),
                Answer.exportTask("export-ami-1", "active")))
        tellExportTask("active")
        bench.aws.on("CancelExportTask", ["ExportTaskId": "export-ami-1"], .empty)
        bench.aws.on("DeleteObject", ["key": "images/1.0/export-ami-1.vhd"], .empty)
        try await remove("ec2:export-image-task", details: Self.export)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an export that was never begun leaves nothing to do`() async throws {
        bench.aws.on("DescribeExportImageTasks", [:], .exportTasks())
        try await remove("ec2:export-image-task", details: Self.export)
        #expect(calls() == ["DescribeExportImageTasks"])
    }

    @Test func `an upload goes with its bucket`() async throws {
        bench.aws.on("ListMultipartUploads", ["prefix": Self.key], .error("aws.NoSuchBucket"))
        try await remove("s3:multipart-upload", name: Self.key, details: ["bucket": "bucket"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test(arguments: ["", "aws.NoSuchUpload", "aws.NoSuchBucket"])
    func `an upload is aborted`(code: String) async throws {
        bench.aws.on(
            "AbortMultipartUpload", ["bucket": "bucket", "key": Self.key, "uploadId": "u"],
            code.isEmpty ? .empty : .error(code))
        if !code.isEmpty {
            bench.aws.on("GetObjectTagging", ["key": Self.key], .error("aws.NoSuchKey"))
        }
        try await remove(
            "s3:multipart-upload", name: Self.key, id: "u", details: ["bucket": "bucket"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an upload whose id was never learnt is found by its exact key`() async throws {
        func upload(_ key: String, _ id: String) -> XMLNode {
            XMLNode("Upload", [XMLNode("Key", text: key), XMLNode("UploadId", text: id)])
        }
        bench.aws.on(
            "ListMultipartUploads", ["bucket": "bucket", "prefix": Self.key],
            .xml([upload(Self.key, "u"), upload(Self.key + "2", "v")]))
        bench.aws.on("AbortMultipartUpload", ["key": Self.key, "uploadId": "u"], .empty)
        try await remove("s3:multipart-upload", name: Self.key, details: ["bucket": "bucket"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an object that took the place of a recorded one stays`() async throws {
        try await remove(
            "s3:object", name: Self.key, details: ["bucket": "bucket", "replaces": "true"])
        #expect(calls().isEmpty)
    }

    @Test func `an object is deleted`() async throws {
        bench.aws.on("DeleteObject", ["bucket": "bucket", "key": Self.key], .empty)
        bench.aws.on("GetObjectTagging", [:], .tags(Answer.made(by: Self.run)))
        try await remove("s3:object", name: Self.key, details: ["bucket": "bucket"])
        #expect(bench.aws.unused.isEmpty)
    }

    private static func container(run: String) -> ContainerState {
        ContainerState(
            id: "c1", name: "c", isRunning: true, healthOutput: "", labels: Answer.made(by: run))
    }

    @Test func `a kind that this version does not know is named`() async throws {
        let error = try await #require(throws: Diagnostic.self) {
            try await remove("lambda:function", id: "f")
        }
        #expect(error.code == "leftover.unknown-resource")
    }

    @Test func `recovery goes on behind what it cannot remove, and keeps that in the journal`()
        async throws
    {
        try await bench.leave("ec2:key-pair", of: "instance", name: "EC2-1")
        try await bench.leave("s3:object", of: "x", name: Self.key, details: ["bucket": "bucket"])
        bench.aws.on(
            "DescribeKeyPairs", [:], .keyPair("EC2-1", run: Self.run),
            .keyPair("EC2-1", run: Self.run))
        bench.aws.on("DeleteKeyPair", [:], .error("aws.UnauthorizedOperation"))
        bench.aws.on("GetObjectTagging", [:], .tags(Answer.made(by: "run-0.1")))
        bench.aws.on("DeleteObject", [:], .empty)
        let journal = try await Journal(store: bench.results, runId: "run-1", time: bench.clock)
        let warnings = Timeline()
        try await ReleaseRecovery(services: bench.services).recover(
            await journal.unfinished(), journal: journal, willRun: [], isLast: true,
            warn: { warnings.add($0) })
        #expect(warnings.all.count == 1)
        #expect(warnings.all.first?.contains("ec2:key-pair EC2-1") == true)
        #expect(try await bench.unfinished() == ["ec2:key-pair EC2-1"])
    }

    @Test func `what arrives after the first look is found by the last`() async throws {
        try await bench.leave("ec2:key-pair", of: "instance", name: "EC2-1", ageSeconds: 60)
        let journal = try await Journal(store: bench.results, runId: "run-1", time: bench.clock)
        func recover(isLast: Bool) async throws {
            try await ReleaseRecovery(services: bench.services).recover(
                await journal.unfinished(), journal: journal, willRun: [], isLast: isLast,
                warn: { Issue.record("\($0)") })
        }
        for _ in 0...PatientLook.youngDelaysSeconds.count {
            bench.aws.on("DescribeKeyPairs", [:], .noKeyPair)
        }
        try await recover(isLast: false)
        #expect(try await bench.unfinished() == ["ec2:key-pair EC2-1"])
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("EC2-1", run: Self.run))
        bench.aws.on("DeleteKeyPair", ["KeyName": "EC2-1"], .empty)
        try await recover(isLast: true)
        #expect(try await bench.unfinished().isEmpty)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `what never came is let go by the last look, and what is old by the first`()
        async throws
    {
        for (age, isLast, looks) in [(60.0, true, 6), (10, true, 8), (3600, false, 1)] {
            let bench = StageBench()
            try await bench.leave("ec2:key-pair", of: "instance", name: "EC2-1", ageSeconds: age)
            for _ in 0..<looks { bench.aws.on("DescribeKeyPairs", [:], .noKeyPair) }
            let journal = try await Journal(
                store: bench.results, runId: "run-1", time: bench.clock)
            try await ReleaseRecovery(services: bench.services).recover(
                await journal.unfinished(), journal: journal, willRun: [], isLast: isLast,
                warn: { _ in })
            #expect(try await bench.unfinished().isEmpty)
        }
    }
}
