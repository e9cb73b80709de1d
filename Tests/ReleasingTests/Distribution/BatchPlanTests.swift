import Diagnostics
import JSON
import OrderedCollections
import TestSupport
import Testing

@testable import AWS
@testable import Releasing

@Suite struct BatchPlanTests {
    private func ids(_ count: Int) -> [String] { (0..<count).map { "3.4.0-\($0)" } }

    @Test func `releases are dealt out evenly, each once, in their order`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let count = Int.random(in: 1...400, using: &random)
            let builds = Int.random(in: 3...120, using: &random)
            let plan = try BatchPlan(assetIds: ids(count), shared: ["source-ami"], builds: builds)
            #expect(plan.tasks.count <= min(builds, BatchPlan.buildLimit))
            var dealt: [[String]] = []
            for task in plan.tasks { if case .make(let part) = task.work { dealt.append(part) } }
            #expect(dealt.flatMap { $0 } == ids(count))
            let sizes = dealt.map(\.count)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1 && (sizes.min() ?? 0) > 0)
            let names = plan.tasks.map(\.identifier)
            #expect(Set(names).count == names.count)
            #expect(names.first == "shared" && names.last == "collect")
        }
    }

    @Test func `builds that export side by side wait for EC2's five, and get the time for it`()
        throws
    {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let count = Int.random(in: 1...60, using: &random)
            let atOnce = Int.random(in: 1...30, using: &random)
            let exporting = Int.random(in: 0...count, using: &random)
            let plan = try BatchPlan(
                assetIds: ids(count), shared: [], builds: 100, atOnce: atOnce,
                exports: [
                    ExportLoad(region: "eu-west-1", releases: exporting, active: 0),
                    ExportLoad(region: "us-east-1", releases: count - exporting, active: 0),
                ])
            let both = [min(count, atOnce, exporting), min(count, atOnce, count - exporting)]
            let most = try #require(both.max())
            #expect(plan.exportRounds * 5 >= most && (plan.exportRounds - 1) * 5 < max(most, 1))
            #expect(plan.exportNotes.count == both.count { $0 > 5 })
            #expect(
                plan.exportNotes.allSatisfy { note in
                    both.contains { note.hasPrefix("\($0) builds") }
                })
        }
    }

    @Test func `the graph has its order, and nothing shared means no such build`() throws {
        let plan = try BatchPlan(assetIds: ids(2), shared: [], builds: 20)
        #expect(plan.tasks.map(\.identifier) == ["releases_001", "releases_002", "collect"])
        #expect(plan.tasks.map(\.needs) == [[], [], ["releases_001", "releases_002"]])
        let shared = try BatchPlan(assetIds: ids(1), shared: ["a", "b"], builds: 20)
        #expect(shared.tasks.map(\.needs) == [[], ["shared"], ["shared", "releases_001"]])
    }

    @Test(arguments: [0, 1, 2])
    func `too few builds are refused`(_ builds: Int) {
        #expect(throws: Diagnostic.self) {
            _ = try BatchPlan(assetIds: ["a"], shared: [], builds: builds)
        }
    }

    @Test func `more names than a variable holds are refused`() {
        let long = (0..<100).map { String(repeating: "x", count: 60) + "\($0)" }
        #expect(throws: Diagnostic.self) {
            _ = try BatchPlan(assetIds: long, shared: [], builds: 3)
        }
        #expect(throws: Never.self) {
            _ = try BatchPlan(assetIds: long, shared: [], builds: 100)
        }
    }

    @Test func `the buildspec says it to CodeBuild`() throws {
        let plan = try BatchPlan(assetIds: ["a b", "c"], shared: ["source-ami"], builds: 3)
        let spec = plan.buildspec(
            manifest: "manifests/m.json", results: "s3://b/p", buildspec: "ci/b.yaml")
        let common: JSONValue = ["DSS_MATRIX": "manifests/m.json", "DSS_RESULTS": "s3://b/p"]
        func variables(_ place: Int) throws -> [String: JSONValue] {
            let pointer = try JSONPointer(
                parsing: "/batch/build-graph/\(place)/env/variables")
            let found = try #require(spec.at(pointer)?.objectValue)
            return Dictionary(uniqueKeysWithValues: found.map { ($0.key, $0.value) })
        }
        for place in 0..<3 {
            for (name, value) in common.objectValue ?? [:] {
                #expect(try variables(place)[name] == value)
            }
        }
        #expect(try variables(0)["DSS_OPTIONS"] == "--only source-ami")
        #expect(try variables(1)["DSS_VARIANTS"] == "a b,c")
        #expect(try variables(2)["DSS_COMMAND"] == "collect")
    }

    private func batch(_ members: JSONValue) throws -> CodeBuildBatch {
        try members.decoded(as: CodeBuildBatch.self)
    }

    private func group(_ name: String, _ status: String, _ id: String) -> JSONValue {
        [
            "identifier": .string(name),
            "currentBuildSummary": [
                "arn": .string("arn:aws:codebuild:r:1:build/p:\(id)"),
                "buildStatus": .string(status),
            ],
        ]
    }

    @Test func `a build is told once a state, and again when it is started again`() throws {
        var progress = BatchProgress()
        func changes(_ groups: JSONValue...) throws -> [String] {
            try progress.changes(
                batch([
                    "id": "p:b", "buildBatchStatus": "IN_PROGRESS", "buildGroups": .array(groups),
                ])
            ).map { "\($0.identifier) \($0.status) \($0.buildId ?? "")" }
        }
        let waiting: JSONValue = ["identifier": "b"]
        #expect(try changes(group("a", "IN_PROGRESS", "1"), waiting) == ["a IN_PROGRESS p:1"])
        #expect(try changes(group("a", "IN_PROGRESS", "1"), waiting) == [])
        #expect(try changes(group("a", "FAILED", "1"), waiting) == ["a FAILED p:1"])
        #expect(try changes(group("a", "IN_PROGRESS", "2"), waiting) == ["a IN_PROGRESS p:2"])
    }

    @Test func `a bad end names the builds and the reasons`() throws {
        let good = try batch(["id": "p:b", "buildBatchStatus": "SUCCEEDED"])
        #expect(BatchProgress.problem(good) == nil)
        let bad = try batch([
            "id": "p:b", "buildBatchStatus": "FAILED",
            "buildGroups": [group("a", "TIMED_OUT", "1"), group("c", "SUCCEEDED", "2")],
            "phases": [
                [
                    "phaseType": "DOWNLOAD_BATCHSPEC",
                    "contexts": [["statusCode": "YAML_FILE_ERROR", "message": "bad"]],
                ]
            ],
        ])
        let problem = try #require(BatchProgress.problem(bad))
        #expect(problem.code == "codebuild.batch-failed")
        #expect(problem.causes == ["build `a` ended with TIMED_OUT", "YAML_FILE_ERROR: bad"])
    }

    @Test func `no more builds than run at once, unless names would become too long`() throws {
        for atOnce in [1, 2, 7, 50] {
            let plan = try BatchPlan(assetIds: ids(20), shared: [], builds: 100, atOnce: atOnce)
            let made = plan.tasks.compactMap { task in
                if case .make(let part) = task.work { part } else { nil }
            }
            #expect(made.count == min(atOnce, 20))
            #expect(made.flatMap { $0 } == ids(20))
            #expect(plan.releasesInABuild == (20 + min(atOnce, 20) - 1) / min(atOnce, 20))
        }
        let long = (0..<100).map { "\($0)" + String(repeating: "x", count: 60) }
        let plan = try BatchPlan(assetIds: long, shared: [], builds: 100, atOnce: 1)
        #expect(plan.tasks.count == 2 + 1)
    }

    @Test func `builds that export wait where the region has no room, others' exports counted`() {
        for active in 0...7 {
            for releases in 0...12 {
                let load = ExportLoad(region: "eu-west-1", releases: releases, active: active)
                let room = max(1, 5 - active)
                #expect(load.rounds(of: .max) == max(1, (releases + room - 1) / room))
                #expect(load.rounds(of: room) == 1)
                let waits = releases > 0 && releases + active > 5
                #expect((load.note(of: .max) != nil) == waits)
                #expect(
                    (load.note(of: .max)?.contains("already") ?? false) == (waits && active > 0))
            }
        }
    }

    @Test func `a build of several releases gets their time, and CodeBuild's most at most`() {
        let project = BuildProject(name: "p", timeoutMinutes: 480, queuedTimeoutMinutes: 480)
        #expect([1, 2, 4, 5, 100].map(project.timeoutMinutes) == [480, 960, 1920, 2160, 2160])
    }
}
