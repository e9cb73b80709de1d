import BuildGraph
import Foundation
import JSON
import TestSupport
import Testing

@testable import Releasing

@Suite struct CleanPlanTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func asset(
        _ kind: AssetKind, _ id: String, run: String? = "run-x", hoursAgo: Double? = 1,
        state: String? = nil, snapshots: [String] = []
    ) -> Asset {
        var asset = Asset(kind: kind, id: id, region: "eu-central-1", assetId: "1.0", runId: run)
        asset.createdAt = hoursAgo.map { now.addingTimeInterval(-3600 * $0) }
        asset.state = state
        asset.snapshotIds = snapshots
        if kind == .object || kind == .upload {
            asset.bucket = "bucket"
            asset.key = id
        }
        return asset
    }

    private static func entry(
        _ resource: String, name: String? = nil, id: String? = nil, run: String = "run-0"
    ) -> JournalEntry {
        JournalEntry(
            entry: JournalEntryID(rawValue: "\(run)/\(resource)"), stage: "s", resource: resource,
            region: "eu-central-1", name: name, token: nil, details: ["bucket": "bucket"],
            assetId: "1.0", runId: run, time: now, id: id)
    }

    private static func plan(
        _ assets: [Asset], _ entries: [JournalEntry] = [], all: Bool = false, age: String = "6h",
        ended: Set<String> = []
    ) throws -> CleanPlan {
        CleanPlan(
            assets: AssetRole.classified(assets), entries: entries,
            policy: CleanPlan.Policy(
                includesArtifacts: all, olderThan: try AgeLimit(age), endedRuns: ended, now: now))
    }

    private static func ids(_ items: [CleanPlan.Item]) -> [String] { items.map(\.asset.id) }

    @Test func `what only its tag names goes once it is old enough`() throws {
        let assets = [
            Self.asset(.volume, "young", hoursAgo: 5.9), Self.asset(.volume, "old", hoursAgo: 6),
        ]
        let plan = try Self.plan(assets)
        #expect(Self.ids(plan.removed) == ["old"])
        #expect(Self.ids(plan.kept) == ["young"])
        #expect(try Self.ids(Self.plan(assets, age: "0").removed) == ["young", "old"])
    }

    @Test func `a BIOS image goes, and its snapshots stay with the image that has them`() throws {
        let image = Self.asset(.ami, "image", state: "available", snapshots: ["snap"])
        var bios = Self.asset(.ami, "bios", state: "available", snapshots: ["snap"])
        bios.exportOf = "image"
        let assets = [image, bios, Self.asset(.snapshot, "snap")]
        let entry = Self.entry("ec2:bios-image", id: "bios", run: "run-x")
        for plan in [try Self.plan(assets, age: "0"), try Self.plan(assets, [entry])] {
            #expect(Self.ids(plan.removed) == ["bios"])
            #expect(Self.ids(plan.kept) == ["image", "snap"])
        }
        #expect(try Self.ids(Self.plan(assets, all: true, age: "0").removed).count == 3)
        // Of an image that is gone, nobody else keeps them.
        let orphans = try Self.plan([bios, assets[2]], age: "0")
        #expect(Self.ids(orphans.removed) == ["bios", "snap"])
    }

    @Test func `what a run of these results left goes at once`() throws {
        let plan = try Self.plan(
            [Self.asset(.instance, "i-1", run: "run-1", hoursAgo: 0)], ended: ["run-1"])
        #expect(Self.ids(plan.removed) == ["i-1"])
    }

    @Test func `a thing without a time is as old as the youngest of its run`() throws {
        let group = Self.asset(.securityGroup, "sg-1", hoursAgo: nil)
        let young = Self.asset(.volume, "v-1", hoursAgo: 2)
        let old = Self.asset(.stack, "s-1", hoursAgo: 9)
        #expect(try Self.ids(Self.plan([group, young, old]).removed) == ["s-1"])
        #expect(try Self.ids(Self.plan([group, old]).removed) == ["s-1", "sg-1"])
        #expect(try Self.plan([group]).removed.isEmpty)
        #expect(try Self.ids(Self.plan([group], age: "0").removed) == ["sg-1"])
    }

    @Test func `artifacts go only when they are asked for`() throws {
        let assets = [
            Self.asset(.ami, "ami-1", hoursAgo: 99, state: "available", snapshots: ["snap-1"]),
            Self.asset(.snapshot, "snap-1", hoursAgo: 99),
            Self.asset(.snapshot, "snap-2", hoursAgo: 99),
            Self.asset(.object, "a/1.0/x.vhd", hoursAgo: 99),
            Self.asset(.ami, "ami-2", hoursAgo: 99, state: "failed"),
        ]
        #expect(try Self.ids(Self.plan(assets).removed) == ["ami-2", "snap-2"])
        #expect(try Self.plan(assets, all: true).kept.isEmpty)
    }

    @Test func `a snapshot of an image that stays stays too`() throws {
        let plan = try Self.plan(
            [
                Self.asset(.ami, "ami-1", hoursAgo: 1, state: "available", snapshots: ["snap-1"]),
                Self.asset(.snapshot, "snap-1", hoursAgo: 7),
            ], all: true)
        #expect(plan.removed.isEmpty)
        #expect(Self.ids(plan.kept) == ["ami-1", "snap-1"])
    }

    @Test func `an image that the journal names takes its snapshots along`() throws {
        let plan = try Self.plan(
            [
                Self.asset(
                    .ami, "ami-1", run: "run-0", hoursAgo: 0, state: "available",
                    snapshots: ["snap-1"]),
                Self.asset(.snapshot, "snap-1", run: "run-0", hoursAgo: 0),
            ], [Self.entry("ec2:image", id: "ami-1")])
        #expect(Self.ids(plan.removed) == ["ami-1", "snap-1"])
        #expect(plan.kept.isEmpty)
    }

    @Test func `what something else uses stays whatever is asked for`() throws {
        var snapshot = Self.asset(.snapshot, "snap-1", hoursAgo: 99)
        snapshot.holder = "ami-9"
        let plan = try Self.plan([snapshot], all: true, age: "0", ended: ["run-x"])
        #expect(plan.removed.isEmpty)
        #expect(plan.kept.first?.reason.contains("ami-9") == true)
    }

    @Test func `what is over is neither removed nor kept`() throws {
        let plan = try Self.plan(
            [
                Self.asset(.exportTask, "export-ami-1", state: "completed"),
                Self.asset(.ami, "ami-1", state: "deregistered"),
            ], all: true, age: "0")
        #expect(plan.removed.isEmpty && plan.kept.isEmpty)
    }

    @Test func `an upload goes only where the journal names it`() throws {
        var upload = Self.asset(.upload, "u-1", run: nil, hoursAgo: 99)
        upload.proof = .key
        #expect(try Self.plan([upload], all: true, age: "0").removed.isEmpty)
        for id in ["u-1", nil] {
            let entry = Self.entry("s3:multipart-upload", name: "u-1", id: id)
            let plan = try Self.plan([upload], [entry])
            #expect(Self.ids(plan.removed) == ["u-1"])
            #expect(plan.removed.first?.entry == entry)
        }
        let other = Self.entry("s3:multipart-upload", name: "u-1", id: "u-2")
        #expect(try Self.ids(Self.plan([upload], [other]).kept) == ["u-1"])
    }

    @Test func `an object that an unfinished copy became goes with its entry`() throws {
        let object = Self.asset(.object, "a/1.0/x.vhd", run: "run-0", hoursAgo: 0)
        let entry = Self.entry("s3:multipart-upload", name: "a/1.0/x.vhd", id: "u-1")
        let plan = try Self.plan([object], [entry])
        #expect(Self.ids(plan.removed) == ["u-1", "a/1.0/x.vhd"])
        // A later run has written it anew: it is that run's artifact.
        let later = Self.asset(.object, "a/1.0/x.vhd", run: "run-1", hoursAgo: 0)
        #expect(try Self.ids(Self.plan([later], [entry]).removed) == ["u-1"])
    }

    @Test func `every entry is ended, found or not`() throws {
        let entries = [
            Self.entry("ec2:key-pair", name: "EC2-1"), Self.entry("local:private-key", name: "/k"),
            Self.entry("cloudformation:stack", name: "EC2-1", id: "arn:1"),
            Self.entry("lambda:function", id: "f"),
        ]
        var stack = Self.asset(.stack, "arn:1", run: "run-0", hoursAgo: 0)
        stack.name = "EC2-1"
        let plan = try Self.plan([stack], entries)
        #expect(Self.ids(plan.removed) == ["arn:1", "EC2-1", "/k", "f"])
        #expect(Set(plan.removed.compactMap(\.entry?.resource)).count == 4)
    }

    @Test func `what holds on to something goes before it`() throws {
        let kinds = AssetKind.inAWS.filter { $0 != .upload }.shuffled()
        let assets = kinds.map {
            Self.asset($0, "\($0)", state: $0 == .exportTask ? "active" : nil)
        }
        let plan = try Self.plan(assets, all: true, age: "0")
        #expect(
            plan.removed.map(\.asset.kind) == [
                .stack, .instance, .keyPair, .exportTask, .ami, .snapshot, .volume,
                .securityGroup, .object,
            ])
    }
}

@Suite struct AssetPlacesTests {
    private static func record(_ stage: StageName, run: String, _ outputs: JSONValue)
        -> ResultRecord
    {
        ResultRecord(
            stage: stage, assetId: "1.0", status: .succeeded,
            run: RecordedRun(
                key: "sha256:1", inputs: [:], outputs: outputs, startedAt: "", finishedAt: "",
                seconds: 1, runId: run, tool: "test"))
    }

    @Test func `places are what manifest, results and journal name, each once`() throws {
        let manifest = try ManifestFixture().read()
        let entry = JournalEntry(
            entry: JournalEntryID(rawValue: "1"), stage: "x", resource: "s3:multipart-upload",
            region: "us-east-2", name: "old/1.0/a.vhd", token: nil,
            details: ["bucket": "old-bucket"], assetId: "1.0", runId: "r",
            time: CleanPlanTests.now, id: nil)
        let places = AssetPlaces(
            manifest: manifest, pattern: AssetPattern(exactly: manifest.assetId), bucket: "now",
            records: [
                Self.record("ami-copy-us-west-1", run: "r", ["region": "us-west-1"]),
                Self.record(
                    "export-vhd", run: "r",
                    ["bucket": "now", "key": "before/1.0/a.vhd", "region": "eu-central-1"]),
            ], entries: [entry], everyRegion: ["eu-central-1", "us-west-1"])
        #expect(places.regions == ["eu-central-1", "us-west-1", "us-east-2"])
        #expect(
            places.folders.map { "\($0.region) \($0.bucket) \($0.prefix)" } == [
                "eu-central-1 now data_science_sandbox/\(manifest.assetId)/",
                "eu-central-1 now before/1.0/", "us-east-2 old-bucket old/1.0/",
            ])
    }
}
