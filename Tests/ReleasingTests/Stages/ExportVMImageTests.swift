import AWS
import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct ExportVMImageTests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()
    private static let folder = "images/1.0/"
    private static let key = "images/1.0/exasol-data-science-sandbox-1.0.vhd"
    private static let head = "images/1.0/exasol-data-science-sandbox-1.0"
    private static let details = [
        "imageId": "ami-1", "format": "VHD", "bucket": "bucket", "folder": folder,
    ]
    private static let resource = "ec2:export-image-task"
    private static let upload = "s3:multipart-upload"

    private func stage(checksum: ReleaseManifest.ChecksumKind = .s3) throws -> ExportVMImage {
        ExportVMImage(
            format: .vhd,
            settings: .init(
                formats: [.vhd], prefix: "images", bucket: .named(bucket: "bucket", role: "role"),
                checksum: checksum, verify: nil),
            assetId: try AssetId("1.0", location: "test"), region: StageBench.region,
            services: bench.services)
    }

    private func context() async throws -> StageContext {
        let image = CreateAMI.Outputs(imageId: "ami-1", snapshotIds: [], name: "sandbox-1.0")
        return try await bench.context(
            "export-vhd",
            upstream: [
                UpstreamOutputs.Entry(
                    name: "ami", of: CreateAMI.self, outputs: try .encoding(image))
            ])
    }

    private func written(by task: String) -> String { "\(Self.folder)\(task).vhd" }

    private func tellExport() {
        bench.aws.on("ExportImage", [:], .xml(Answer.exportTask("export-ami-1", "active").children))
        bench.aws.on(
            "DescribeExportImageTasks", [:],
            .exportTasks(Answer.exportTask("export-ami-1", "completed")))
    }

    private func tellBucket() {
        bench.aws.on("HeadBucket", [:], .headers([:]))
        bench.aws.on(
            "DescribeImages", ["Owner.1": "self", "ImageId.1": "ami-1"],
            .images(Answer.image("ami-1")))
    }

    /// The copy to the promised key, and the deletion of what the task wrote.
    private func tellCopy(from task: String) {
        let source = written(by: task)
        bench.aws.on("HeadObject", ["key": source], .head())
        bench.aws.on("ListObjectsV2", ["prefix": Self.head], .objects())
        bench.aws.on("CreateMultipartUpload", ["key": Self.key], .text("UploadId", "upload-1"))
        bench.aws.on(
            "UploadPartCopy", ["x-amz-copy-source": "bucket/\(source)"], .text("ETag", "\"p\""))
        bench.aws.on("CompleteMultipartUpload", ["uploadId": "upload-1"], .text("ETag", "\"e\""))
        bench.aws.on("HeadObject", ["key": Self.key], .head(crc: "AAAA"))
        bench.aws.on("DeleteObject", ["key": source], .empty)
    }

    @Test func `an export is begun, waited for, copied to its key, and its source removed`()
        async throws
    {
        tellBucket()
        bench.aws.on("ExportImage", [:], .xml(Answer.exportTask("export-ami-1", "active").children))
        bench.aws.on(
            "DescribeExportImageTasks", [:], .exportTasks(),
            .exportTasks(Answer.exportTask("export-ami-1", "active", message: "converting")),
            .exportTasks(Answer.exportTask("export-ami-1", "completed")))
        tellCopy(from: "export-ami-1")
        let context = try await context()
        let outputs = try await stage().run(context)
        #expect(outputs.key == Self.key)
        #expect(outputs.bytes == 11)
        #expect(outputs.crc64nvme == "AAAA")
        #expect(outputs.sha256 == nil)
        #expect(outputs.url == "https://bucket.s3.eu-central-1.amazonaws.com/\(Self.key)")
        #expect(
            bench.timeline.changes == [
                "intent \(Self.resource)", "ExportImage", "created \(Self.resource)",
                "ListObjectsV2", "intent \(Self.upload)", "CreateMultipartUpload",
                "created \(Self.upload)",
                "UploadPartCopy", "CompleteMultipartUpload", "DeleteObject",
            ])
        #expect(await context.journal.unfinished().isEmpty)
        let call = try #require(bench.aws.calls("ExportImage").first)
        #expect(call["S3ExportLocation.S3Prefix"] == Self.folder)
        #expect(call["RoleName"] == "role")
        let part = try #require(bench.aws.calls("UploadPartCopy").first)
        #expect(part["x-amz-copy-source-if-match"] == "\"e\"")
        #expect(part["x-amz-copy-source-range"] == "bytes=0-10")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an upload that a lost call begins after all is ended`() async throws {
        tellBucket()
        tellExport()
        bench.aws.on(
            "CreateMultipartUpload", ["key": Self.key], .error("aws.unknown-outcome"),
            .text("UploadId", "upload-1"))
        func late(_ id: String) -> ScriptedAWS.Reply {
            let names = [XMLNode("Key", text: Self.key), XMLNode("UploadId", text: id)]
            return .xml([XMLNode("Upload", names)])
        }
        // Not there after the lost answer, nor right after the copy; and not the only one.
        bench.aws.on(
            "ListMultipartUploads", ["prefix": Self.key], .xml([]), .xml([]), late("late"),
            .xml([]), late("later"), .xml([]), .xml([]), .xml([]), .xml([]))
        bench.aws.on("AbortMultipartUpload", ["uploadId": "late"], .empty)
        bench.aws.on("AbortMultipartUpload", ["uploadId": "later"], .empty)
        tellCopy(from: "export-ami-1")
        _ = try await stage().run(try await context())
        let changes = bench.timeline.changes
        let completed = try #require(changes.firstIndex(of: "CompleteMultipartUpload"))
        let ended = try #require(changes.firstIndex(of: "AbortMultipartUpload"))
        #expect(completed < ended)
        #expect(bench.aws.calls("CreateMultipartUpload").count == 2)
        #expect(bench.aws.calls("AbortMultipartUpload").count == 2)
    }

    @Test func `an active task of the same image is waited for, and no other begun`()
        async throws
    {
        try await bench.leave(
            Self.resource, of: "export-vhd", id: "export-ami-0", details: Self.details)
        tellBucket()
        bench.aws.on("GetObjectTagging", ["key": Self.key], .error("aws.NoSuchKey"))
        bench.aws.on(
            "DescribeExportImageTasks", ["ExportImageTaskId.1": "export-ami-0"],
            .exportTasks(Answer.exportTask("export-ami-0", "active")),
            .exportTasks(Answer.exportTask("export-ami-0", "completed")))
        tellCopy(from: "export-ami-0")
        _ = try await stage().run(try await context())
        #expect(bench.aws.calls("ExportImage").isEmpty)
        #expect(bench.messages.contains("continuing with export task export-ami-0"))
    }

    @Test(arguments: ["described so", nil])
    func `a task whose id was never learnt is asked for by the same token`(
        description: String?
    ) async throws {
        var details = Self.details
        details["description"] = description
        let entry = try await bench.leave(
            Self.resource, of: "export-vhd", token: "token-0", details: details)
        tellBucket()
        bench.aws.on(
            "ExportImage", ["ClientToken": "token-0"],
            .xml(Answer.exportTask("export-ami-0", "active").children))
        bench.aws.on(
            "DescribeExportImageTasks", [:],
            .exportTasks(Answer.exportTask("export-ami-0", "active")),
            .exportTasks(Answer.exportTask("export-ami-0", "completed")))
        tellCopy(from: "export-ami-0")
        _ = try await stage().run(try await context())
        #expect(bench.aws.calls("ExportImage").count == 1)
        // A token stands for one request with all of its fields, the tags too.
        let call = try #require(bench.aws.calls("ExportImage").first)
        #expect(call["TagSpecification.1.Tag.2.Value"] == entry.runId)
        // Who wrote none down gave every format the same.
        #expect(call["Description"] == description ?? "Data Science Sandbox 1.0")
    }

    @Test(arguments: ["imageId", "bucket", "folder"])
    func `a task of another export is not continued but ended`(detail: String) async throws {
        var details = Self.details
        details[detail] = "other/1.0/"
        try await bench.leave(Self.resource, of: "export-vhd", id: "export-ami-0", details: details)
        tellBucket()
        bench.aws.on(
            "DescribeExportImageTasks", ["ExportImageTaskId.1": "export-ami-0"],
            .exportTasks(Answer.exportTask("export-ami-0", "active")))
        bench.aws.on("CancelExportTask", ["ExportTaskId": "export-ami-0"], .empty)
        let left = (details["folder"] ?? "") + "export-ami-0.vhd"
        bench.aws.on("DeleteObject", ["key": left, "bucket": details["bucket"] ?? ""], .empty)
        bench.aws.on("ExportImage", [:], .xml(Answer.exportTask("export-ami-1", "active").children))
        bench.aws.on(
            "DescribeExportImageTasks", ["ExportImageTaskId.1": "export-ami-1"],
            .exportTasks(Answer.exportTask("export-ami-1", "completed")))
        tellCopy(from: "export-ami-1")
        _ = try await stage().run(try await context())
        let gone = try #require(bench.timeline.place("gone \(Self.resource)"))
        let begun = try #require(bench.timeline.place("ExportImage"))
        #expect(gone < begun)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a failed task says why, and its entry is ended`() async throws {
        tellBucket()
        bench.aws.on("ExportImage", [:], .xml(Answer.exportTask("export-ami-1", "active").children))
        bench.aws.on(
            "DescribeExportImageTasks", [:],
            .exportTasks(Answer.exportTask("export-ami-1", "deleted", message: "no such role")))
        let context = try await context()
        let error = try await #require(throws: Diagnostic.self) { try await stage().run(context) }
        #expect(error.code == "export.failed")
        #expect(error.causes.joined().contains("no such role"))
        #expect(error.hint?.contains("`role`") == true)
        #expect(try await bench.unfinished().isEmpty)
    }

    @Test func `a part that cannot be copied ends the upload, and the task is kept`()
        async throws
    {
        try await failToCopy(abort: .empty)
        // The task's object is there still: the next run goes on from it.
        #expect(try await bench.unfinished() == ["\(Self.resource) export-ami-1"])
        #expect(bench.timeline.place("gone \(Self.upload)") != nil)
    }

    @Test func `an upload that cannot even be ended does not hide why it failed`() async throws {
        try await failToCopy(abort: .error("aws.AccessDenied"))
        #expect(
            try await bench.unfinished() == [
                "\(Self.resource) export-ami-1", "\(Self.upload) upload-1",
            ])
        #expect(bench.messages.contains { $0.contains("unfinished upload") })
    }

    private func failToCopy(abort: ScriptedAWS.Reply) async throws {
        tellBucket()
        tellExport()
        bench.aws.on("HeadObject", ["key": written(by: "export-ami-1")], .head())
        bench.aws.on("ListObjectsV2", ["prefix": Self.head], .objects())
        bench.aws.on("CreateMultipartUpload", [:], .text("UploadId", "upload-1"))
        bench.aws.on("UploadPartCopy", [:], .error("aws.PreconditionFailed"))
        bench.aws.on("AbortMultipartUpload", ["uploadId": "upload-1"], abort)
        let context = try await context()
        let error = try await #require(throws: Diagnostic.self) { try await stage().run(context) }
        #expect(error.code == "aws.PreconditionFailed")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an earlier upload is ended in the bucket in which it was begun`() async throws {
        try await bench.leave(
            Self.upload, of: "export-vhd", name: "old/1.0/old.vhd", id: "upload-0",
            details: ["bucket": "old-bucket"])
        tellBucket()
        tellExport()
        bench.aws.on(
            "AbortMultipartUpload", ["uploadId": "upload-0", "bucket": "old-bucket"], .empty)
        tellCopy(from: "export-ami-1")
        _ = try await stage().run(try await context())
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a finished export that was only not recorded is recognised`() async throws {
        try await bench.leave(
            Self.resource, of: "export-vhd", id: "export-ami-0", details: Self.details)
        bench.aws.on("HeadBucket", [:], .headers([:]))
        bench.aws.on(
            "GetObjectTagging", ["key": Self.key],
            .tags([ResourceNames.runTag: StageBench.earlierRun]))
        bench.aws.on("DeleteObject", ["key": written(by: "export-ami-0")], .empty)
        bench.aws.on("HeadObject", ["key": Self.key], .head(crc: "AAAA"))
        // The journal still names the upload that became this object.
        try await bench.leave(
            Self.upload, of: "export-vhd", name: Self.key, id: "upload-0",
            details: ["bucket": "bucket"])
        bench.aws.on(
            "AbortMultipartUpload", ["uploadId": "upload-0"], .error("aws.NoSuchUpload"))
        let context = try await context()
        let outputs = try await stage().run(context)
        #expect(outputs.key == Self.key)
        #expect(await context.journal.unfinished().isEmpty)
        #expect(bench.aws.unused.isEmpty)
        #expect(!bench.aws.calls.contains { $0.action == "ExportImage" })
    }

    @Test func `the object that an older run left under the key is not mistaken for it`()
        async throws
    {
        try await bench.leave(
            Self.resource, of: "export-vhd", id: "export-ami-0", details: Self.details)
        tellBucket()
        bench.aws.on("GetObjectTagging", [:], .tags([ResourceNames.runTag: "run-older"]))
        bench.aws.on(
            "DescribeExportImageTasks", [:],
            .exportTasks(Answer.exportTask("export-ami-0", "active")),
            .exportTasks(Answer.exportTask("export-ami-0", "completed")))
        tellCopy(from: "export-ami-0")
        #expect(try await stage().run(try await context()).crc64nvme == "AAAA")
        #expect(bench.aws.calls("CompleteMultipartUpload").count == 1)
    }

    @Test func `an object that is there stays, and the new one is a revision that is immutable`()
        async throws
    {
        tellBucket()
        tellExport()
        bench.aws.on("HeadObject", [:], .head(), .head(crc: "AAAA"))
        bench.aws.on(
            "ListObjectsV2", ["prefix": Self.head],
            .objects(Self.key, "\(Self.head)-r2.vhd", "\(Self.head)-r9.vmdk"))
        let next = "\(Self.head)-r3.vhd"
        bench.aws.on("CreateMultipartUpload", ["key": next], .text("UploadId", "upload-1"))
        bench.aws.on("UploadPartCopy", ["key": next], .text("ETag", "\"p\""))
        bench.aws.on("CompleteMultipartUpload", ["key": next], .text("ETag", "\"e\""))
        bench.aws.on("DeleteObject", ["key": written(by: "export-ami-1")], .empty)
        #expect(try await stage().run(try await context()).key == next)
        let call = try #require(bench.aws.calls("CreateMultipartUpload").first)
        #expect(call["cache-control"] == "public, max-age=31536000, immutable")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a finished copy of other inputs goes, for nobody knows of it`() async throws {
        try await bench.leave(
            Self.upload, of: "export-vhd", name: Self.key, id: "upload-0",
            details: ["bucket": "bucket"])
        tellBucket()
        tellExport()
        bench.aws.on(
            "AbortMultipartUpload", ["uploadId": "upload-0"], .error("aws.NoSuchUpload"))
        bench.aws.on(
            "GetObjectTagging", ["key": Self.key],
            .tags([
                ResourceNames.runTag: StageBench.earlierRun, ResourceNames.assetTag: "1.0",
            ]))
        bench.aws.on("DeleteObject", ["key": Self.key], .empty)
        tellCopy(from: "export-ami-1")
        _ = try await stage().run(try await context())
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a bucket that cannot be reached is found before anything starts`() async throws {
        bench.aws.on("HeadBucket", [:], .error("aws.NotFound"))
        let context = try await bench.context("export-vhd")
        let error = try await #require(throws: Diagnostic.self) {
            try await stage().preflight(context)
        }
        #expect(error.code == "aws.NotFound")
        #expect(error.summary.contains("`bucket`"))
    }
}
