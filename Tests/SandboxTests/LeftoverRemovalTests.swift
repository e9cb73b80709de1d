import AWS
import BuildGraph
import Diagnostics
import Testing

@testable import Sandbox

@Suite struct LeftoverRemovalTests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()

    private func remove(
        _ resource: String, name: String? = nil, id: String? = nil, details: [String: String] = [:]
    ) async throws {
        let entry = try await bench.leave(
            resource, of: "stage", name: name, id: id, details: details)
        try await LeftoverRemoval(services: bench.services).remove(entry, onProgress: { _, _ in })
    }

    private func calls() -> [String] { bench.aws.calls.map(\.action) }

    @Test func `a stack is found by its name where its id was never learnt`() async throws {
        bench.aws.on("DescribeStacks", ["StackName": "EC2-1"], .stack("REVIEW_IN_PROGRESS"))
        bench.aws.on("DeleteStack", ["StackName": "arn:stack"], .empty)
        bench.aws.on("DescribeStacks", ["StackName": "arn:stack"], .stack("DELETE_COMPLETE"))
        try await remove("cloudformation:stack", name: "EC2-1")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a key pair goes by its name`() async throws {
        bench.aws.on("DescribeKeyPairs", ["Filter.1.Value.1": "EC2-1"], .keyPair("EC2-1"))
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
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("EC2-1"), .noKeyPair)
        bench.aws.on("DeleteKeyPair", [:], .error("aws.UnauthorizedOperation"))
        try await remove("ec2:key-pair", name: "EC2-1", id: "key-1")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a private key's folder is deleted on this machine`() async throws {
        try await remove("local:private-key", name: "/keys/dss-1")
        #expect(bench.timeline.place("remove key /keys/dss-1") != nil)
        #expect(bench.aws.calls.isEmpty)
    }

    @Test func `a container and an unproven image go by their names`() async throws {
        bench.engine.on("removeContainer dss-1.0-run", .done)
        bench.engine.on("removeImage x:unproven-run", .done)
        try await remove("docker:container", name: "dss-1.0-run", id: "c1")
        try await remove("docker:image", name: "x:unproven-run", id: "sha256:1")
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

    @Test func `an image of another release under the same name stays`() async throws {
        bench.aws.on(
            "DescribeImages", [:],
            .images(Answer.image("ami-9", tags: [ResourceNames.assetTag: "2.0"])))
        try await remove("ec2:image", name: "sandbox-1.0")
        #expect(calls() == ["DescribeImages"])
    }

    @Test func `a newer image of the same release stays, since another run made it`()
        async throws
    {
        bench.aws.on(
            "DescribeImages", [:],
            .images(
                Answer.image(
                    "ami-2",
                    tags: [ResourceNames.assetTag: "1.0", ResourceNames.runTag: "run-7"])))
        try await remove("ec2:image", name: "sandbox-1.0")
        #expect(calls() == ["DescribeImages"])
    }

    @Test func `an image that is gone is no error`() async throws {
        bench.aws.on("DescribeImages", [:], .error("aws.InvalidAMIID.NotFound"))
        try await remove("ec2:image", name: "sandbox-1.0", id: "ami-1")
        #expect(calls() == ["DescribeImages"])
    }

    private static let export = [
        "imageId": "ami-1", "format": "VHD", "bucket": "bucket", "folder": "images/1.0/",
    ]

    private func tellExportTask(_ statuses: String...) {
        for status in statuses {
            bench.aws.on(
                "DescribeExportImageTasks", ["ExportImageTaskId.1": "task-1"],
                .exportTasks(Answer.exportTask("task-1", status)))
        }
    }

    @Test(arguments: ["", "aws.IncorrectState", "aws.UnauthorizedOperation"])
    func `an export's task is cancelled and what it wrote deleted`(code: String) async throws {
        tellExportTask("active")
        if !code.isEmpty { tellExportTask("completed") }
        bench.aws.on(
            "CancelExportTask", ["ExportTaskId": "task-1"], code.isEmpty ? .empty : .error(code))
        bench.aws.on(
            "DeleteObject", ["bucket": "bucket", "key": "images/1.0/task-1.vhd"], .empty)
        try await remove("ec2:export-image-task", id: "task-1", details: Self.export)
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
        bench.aws.on("DeleteObject", ["key": "images/1.0/task-1.vhd"], .empty)
        try await remove("ec2:export-image-task", id: "task-1", details: Self.export)
        #expect(calls() == ["DescribeExportImageTasks", "DeleteObject"])
    }

    @Test func `an export whose id was never learnt is found by its run and image`() async throws {
        let run = [ResourceNames.runTag: StageBench.earlierRun]
        bench.aws.on(
            "DescribeExportImageTasks", [:],
            .exportTasks(
                Answer.exportTask("task-8", "active", tags: [ResourceNames.runTag: "run-8"]),
                Answer.exportTask("task-9", "active", imageId: "ami-9", tags: run),
                Answer.exportTask("task-7", "active", format: "VMDK", tags: run),
                Answer.exportTask("task-1", "active", tags: run)))
        tellExportTask("active")
        bench.aws.on("CancelExportTask", ["ExportTaskId": "task-1"], .empty)
        bench.aws.on("DeleteObject", ["key": "images/1.0/task-1.vhd"], .empty)
        try await remove("ec2:export-image-task", details: Self.export)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an export that was never begun leaves nothing to do`() async throws {
        bench.aws.on("DescribeExportImageTasks", [:], .exportTasks())
        try await remove("ec2:export-image-task", details: Self.export)
        #expect(calls() == ["DescribeExportImageTasks"])
    }

    @Test(arguments: ["", "aws.NoSuchUpload"])
    func `an upload is aborted`(code: String) async throws {
        bench.aws.on(
            "AbortMultipartUpload", ["bucket": "bucket", "key": "k", "uploadId": "u"],
            code.isEmpty ? .empty : .error(code))
        if !code.isEmpty {
            bench.aws.on("GetObjectTagging", ["key": "k"], .error("aws.NoSuchKey"))
        }
        try await remove(
            "s3:multipart-upload", name: "k", id: "u", details: ["bucket": "bucket"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an upload whose id was never learnt is found by its exact key`() async throws {
        func upload(_ key: String, _ id: String) -> XMLNode {
            XMLNode("Upload", [XMLNode("Key", text: key), XMLNode("UploadId", text: id)])
        }
        bench.aws.on(
            "ListMultipartUploads", ["bucket": "bucket", "prefix": "k"],
            .xml([upload("k", "u"), upload("k2", "v")]))
        bench.aws.on("AbortMultipartUpload", ["key": "k", "uploadId": "u"], .empty)
        try await remove("s3:multipart-upload", name: "k", details: ["bucket": "bucket"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an object that took the place of a recorded one stays`() async throws {
        try await remove(
            "s3:object", name: "k", details: ["bucket": "bucket", "replaces": "true"])
        #expect(calls().isEmpty)
    }

    @Test func `an object is deleted`() async throws {
        bench.aws.on("DeleteObject", ["bucket": "bucket", "key": "k"], .empty)
        try await remove("s3:object", name: "k", details: ["bucket": "bucket"])
        #expect(bench.aws.unused.isEmpty)
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
        try await bench.leave("s3:object", of: "x", name: "k", details: ["bucket": "bucket"])
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("EC2-1"), .keyPair("EC2-1"))
        bench.aws.on("DeleteKeyPair", [:], .error("aws.UnauthorizedOperation"))
        bench.aws.on("DeleteObject", [:], .empty)
        let journal = try await Journal(store: bench.results, runId: "run-1", time: bench.clock)
        let warnings = Timeline()
        try await ReleaseRecovery(services: bench.services).recover(
            await journal.unfinished(), journal: journal, willRun: [], warn: { warnings.add($0) })
        #expect(warnings.all.count == 1)
        #expect(warnings.all.first?.contains("ec2:key-pair EC2-1") == true)
        #expect(try await bench.unfinished() == ["ec2:key-pair EC2-1"])
    }
}
