import AWS
import BuildGraph
import Diagnostics
import DockerEngine
import Testing

@testable import Releasing

/// A journal that somebody else wrote: nothing of theirs is touched.
@Suite struct LeftoverClaimTests {
    private typealias Answer = ScriptedAWS.Reply

    /// An entry that names a thing which is not its run's, and what tells so.
    struct Foreign: Sendable, CustomTestStringConvertible {
        let resource: String
        var name: String?
        var id: String?
        var details: [String: String] = [:]
        var look: (action: String, reply: ScriptedAWS.Reply)?
        let reason: String

        var testDescription: String { "\(resource) \(id ?? name ?? "") \(reason)" }
    }

    private static let otherAsset = [
        ResourceNames.assetTag: "2.0", ResourceNames.runTag: "run-0.0",
    ]
    private static let otherRun = Answer.made(by: "run-7")

    static let foreign: [Foreign] = [
        Foreign(
            resource: "cloudformation:stack", name: "DATA-SCIENCE-SANDBOX-VM-Bucket",
            look: ("DescribeStacks", .stack("CREATE_COMPLETE", run: nil)), reason: "exa_dss_id"),
        Foreign(
            resource: "cloudformation:stack", id: "arn:other",
            look: ("DescribeStacks", .stack("CREATE_COMPLETE", run: "run-7")), reason: "another run"
        ),
        Foreign(
            resource: "cloudformation:stack", name: "theirs",
            look: ("DescribeStacks", .stack("REVIEW_IN_PROGRESS", name: "theirs", run: nil)),
            reason: "name"),
        Foreign(
            resource: "cloudformation:change-set", name: "update-t",
            details: ["stack": "theirs", "kind": "UPDATE"], reason: "of no stack"),
        Foreign(
            resource: "ec2:key-pair", name: "theirs",
            look: ("DescribeKeyPairs", .keyPair("theirs", run: "run-7")), reason: "another run"),
        Foreign(
            resource: "ec2:image", id: "ami-1",
            look: ("DescribeImages", .images(Answer.image("ami-1", tags: [:]))),
            reason: "exa_dss_id"),
        Foreign(
            resource: "ec2:image", name: "sandbox-2.0",
            look: ("DescribeImages", .images(Answer.image("ami-1", tags: otherAsset))),
            reason: "exa_dss_id"),
        Foreign(
            resource: "ec2:image", name: "sandbox-1.0",
            look: ("DescribeImages", .images(Answer.image("ami-2", tags: otherRun))),
            reason: "another run"),
        Foreign(
            resource: "ec2:export-image-task", id: "export-ami-1",
            look: (
                "DescribeExportImageTasks",
                .exportTasks(Answer.exportTask("export-ami-1", "active", tags: otherRun))
            ), reason: "another run"),
        Foreign(
            resource: "ec2:export-image-task", id: "export-ami-1",
            details: ["bucket": "b", "folder": "site/", "format": "RAW"],
            look: ("DescribeExportImageTasks", .exportTasks()), reason: "no folder"),
        Foreign(
            resource: "ec2:export-image-task", id: "exasol-data-science-sandbox-1.0",
            details: ["bucket": "b", "folder": "images/1.0/", "format": "RAW"],
            look: ("DescribeExportImageTasks", .exportTasks()), reason: "no export task"),
        Foreign(
            resource: "s3:multipart-upload", name: "site/index.html", id: "u",
            details: ["bucket": "b"], reason: "no folder"),
        Foreign(
            resource: "s3:object", name: "site/index.html", details: ["bucket": "b"],
            reason: "no folder"),
        Foreign(
            resource: "s3:object", name: "images/1.0/k", details: ["bucket": "b"],
            look: ("GetObjectTagging", .tags(otherRun)), reason: "another run"),
        Foreign(
            resource: "s3:retired-object", name: "site/index.html", details: ["bucket": "b"],
            look: ("GetObjectTagging", .tags([:])), reason: "no folder"),
        Foreign(resource: "local:private-key", name: "/home/ubuntu/work", reason: "temporary"),
        Foreign(
            resource: "local:private-key", name: "/tmp/dss-run-0.0/../../etc", reason: "temporary"),
        Foreign(resource: "local:private-key", name: "/tmp/important", reason: "its name"),
        Foreign(resource: "local:private-key", name: "/tmp/dss-run-7", reason: "its name"),
        Foreign(
            resource: "local:work-folder", id: "/tmp/dss-vrun-0.0-abc",
            details: ["place": "elsewhere"], reason: "another machine"),
        Foreign(resource: "local:work-folder", id: "/tmp/dss-vrun-0.0-link", reason: "no folder"),
        Foreign(
            resource: "local:work-folder", id: "/tmp/dss-vrun-0.0-open", reason: "user's alone"),
    ]

    @Test(arguments: foreign)
    func `what an entry names and its run did not make stays`(_ foreign: Foreign) async throws {
        let bench = StageBench(folders: [
            "/tmp/dss-vrun-0.0-link": LocalFolder(isFolder: false, isOwn: true, isPrivate: true),
            "/tmp/dss-vrun-0.0-open": LocalFolder(isFolder: true, isOwn: true, isPrivate: false),
        ])
        if let look = foreign.look { bench.aws.on(look.action, [:], look.reply) }
        try await bench.leave(
            foreign.resource, of: "stage", name: foreign.name, token: "t", id: foreign.id,
            details: foreign.details)
        let journal = try await Journal(store: bench.results, runId: "run-1", time: bench.clock)
        let warnings = Timeline()
        try await ReleaseRecovery(services: bench.services).recover(
            await journal.unfinished(), journal: journal, willRun: [], isLast: true,
            warn: { warnings.add($0) })
        #expect(warnings.all.count == 1)
        #expect(warnings.all.first?.contains("is not ours: left") == true)
        #expect(warnings.all.first?.contains(foreign.reason) == true)
        #expect(bench.aws.calls.map(\.action) == [foreign.look?.action].compactMap { $0 })
        #expect(!bench.timeline.all.contains { $0.hasPrefix("remove key") })
        #expect(bench.engine.calls.isEmpty)
        #expect(try await bench.unfinished().isEmpty)
    }

    @Test func `a container or image of others stays`() async throws {
        let bench = StageBench()
        let labels = Answer.made(by: "run-7")
        bench.engine.on(
            "inspectContainer theirs",
            .state(
                ContainerState(
                    id: "c", name: "theirs", isRunning: true, healthOutput: "", labels: labels)))
        bench.engine.on("inspectImage x:1", .image(EngineImage(id: "i", labels: labels)))
        for (resource, name) in [("docker:container", "theirs"), ("docker:image", "x:1")] {
            let entry = try await bench.leave(resource, of: "stage", name: name)
            let outcome = try await LeftoverRemoval(services: bench.services).remove(
                Leftover(entry), onProgress: { _, _ in })
            #expect(outcome == .notOurs(because: "another run made it"))
        }
        #expect(bench.engine.unused.isEmpty)
    }

    @Test(arguments: [
        ("/tmp/dss-run-0.0", true), ("/tmp/dss-vrun-0.0-aZ9", true), ("/keys/dss-run-0.0", true),
        ("/tmp/dss-vvrun-0.0", false), ("/tmp/dss-run-0.0.old", false), ("/tmp/dss-", false),
        ("/tmp/dss-run-0.0-a/b", false), ("dss-run-0.0", false), ("/var/dss-run-0.0", false),
        ("/tmp//dss-run-0.0", false), ("", false), ("/", false),
    ])
    func `a folder is the run's by place and name`(path: String, isOwn: Bool) async throws {
        let bench = StageBench()
        let entry = try await bench.leave("local:private-key", of: "stage", name: path)
        let objection = try LeftoverClaim(leftover: Leftover(entry)).objection(
            toFolder: path, LocalFolder(isFolder: true, isOwn: true, isPrivate: true),
            on: bench.services.access.machine)
        #expect((objection == nil) == isOwn)
    }
}
