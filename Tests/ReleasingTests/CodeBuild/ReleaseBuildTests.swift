import Diagnostics
import JSON
import Synchronization
import TestSupport
import Testing

@testable import AWS
@testable import Releasing

@Suite struct ReleaseBuildTests {
    private let bench = StageBench()
    private let notes = Notes()

    private final class Notes: Sendable {
        private let all = Mutex<[BuildNote]>([])
        func add(_ note: BuildNote) { all.withLock { $0.append(note) } }
        var lines: [String] { all.withLock { $0.map(\.text) } }
    }

    private var build: ReleaseBuild {
        ReleaseBuild(services: bench.services, region: "eu-central-1") { [notes] in notes.add($0) }
    }

    private func answer(_ status: String, logs: JSONValue = [:]) -> ScriptedAWS.Reply {
        .json([
            "builds": [["id": "p:1", "buildStatus": .string(status), "logs": logs]]
        ])
    }

    private func project(minutes: Int) -> BuildProject {
        BuildProject(name: "p", timeoutMinutes: minutes, queuedTimeoutMinutes: 480)
    }

    @Test func `waits as long as the project lets a build queue and run`() async throws {
        for _ in 0..<10_000 { bench.aws.on("BatchGetBuilds", [:], answer("IN_PROGRESS")) }
        let problem = await #expect(throws: Diagnostic.self) {
            try await build.follow("p:1", of: project(minutes: 480))
        }
        #expect(problem?.code == "codebuild.wait-timeout" && problem?.hint != nil)
        let waited = bench.services.time.monotonicSeconds()
        #expect(waited >= 960 * 60 && waited < 1000 * 60)
    }

    @Test func `lines that come after the end are said too`() async throws {
        let logs: JSONValue = ["groupName": "g", "streamName": "s"]
        func page(_ lines: [String], _ token: String) -> ScriptedAWS.Reply {
            .json([
                "events": .array(lines.map { ["message": .string($0 + "\n")] }),
                "nextForwardToken": .string(token),
            ])
        }
        bench.aws.on("BatchGetBuilds", [:], answer("SUCCEEDED", logs: logs))
        bench.aws.on(
            "GetLogEvents", [:], page(["a"], "f/1"), page([], "f/1"), page(["b"], "f/2"),
            page([], "f/2"))
        #expect(try await build.follow("p:1", of: project(minutes: 5)) == nil)
        #expect(notes.lines == ["a", "b"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a log that is not there yet is looked for again`() async throws {
        let logs: JSONValue = ["groupName": "g", "streamName": "s"]
        bench.aws.on("BatchGetBuilds", [:], answer("SUCCEEDED", logs: logs))
        bench.aws.on(
            "GetLogEvents", [:], .error("aws.ResourceNotFoundException"),
            .json(["events": [["message": "a\n"]], "nextForwardToken": "f/1"]),
            .json(["events": [], "nextForwardToken": "f/1"]))
        #expect(try await build.follow("p:1", of: project(minutes: 5)) == nil)
        #expect(notes.lines == ["a"])
    }

    @Test func `a build that nobody knows any more is an error`() async throws {
        bench.aws.on("BatchGetBuilds", [:], .json(["builds": []]))
        let problem = await #expect(throws: Diagnostic.self) {
            try await build.follow("p:1", of: project(minutes: 5))
        }
        #expect(problem?.code == "codebuild.no-build")
    }
}
