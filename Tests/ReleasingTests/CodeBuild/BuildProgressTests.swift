import Diagnostics
import JSON
import TestSupport
import Testing

@testable import AWS
@testable import Releasing

@Suite struct BuildProgressTests {
    private static let order = ["SUBMITTED", "QUEUED", "PROVISIONING", "INSTALL", "BUILD"]

    private func build(
        _ status: String = "IN_PROGRESS", current: String? = nil, phases: [JSONValue] = [],
        logs: JSONValue? = nil
    ) throws -> CodeBuildBuild {
        var members: [(String, JSONValue)] = [
            ("id", "p:1"), ("buildStatus", .string(status)), ("phases", .array(phases)),
        ]
        if let current { members.append(("currentPhase", .string(current))) }
        if let logs { members.append(("logs", logs)) }
        return try JSONValue(members: members).decoded(as: CodeBuildBuild.self)
    }

    private func phase(_ name: String, _ status: String? = nil) -> JSONValue {
        guard let status else { return ["phaseType": .string(name)] }
        return [
            "phaseType": .string(name), "phaseStatus": .string(status), "durationInSeconds": 3,
        ]
    }

    private func page(_ messages: [String], _ token: String) throws -> GetLogEvents.Page {
        let events = JSONValue.array(
            messages.map { ["timestamp": 1_790_000_000_000, "message": .string($0)] })
        let page: JSONValue = ["events": events, "nextForwardToken": .string(token)]
        return try page.decoded(as: GetLogEvents.Page.self)
    }

    @Test func `a phase is said when it begins and when it ends`() throws {
        var progress = BuildProgress()
        let first = try build(
            current: "QUEUED",
            phases: [phase("SUBMITTED", "SUCCEEDED"), phase("QUEUED", "IN_PROGRESS")])
        #expect(
            progress.notes(first) == [
                .phase("SUBMITTED", status: "SUCCEEDED", seconds: 3),
                .phase("QUEUED", status: nil, seconds: nil),
            ])
        #expect(progress.notes(first).isEmpty)
        let second = try build(
            current: "BUILD",
            phases: [phase("SUBMITTED", "SUCCEEDED"), phase("QUEUED", "SUCCEEDED")])
        #expect(
            progress.notes(second) == [
                .phase("QUEUED", status: "SUCCEEDED", seconds: 3),
                .phase("BUILD", status: nil, seconds: nil),
            ])
    }

    @Test func `the log's address is said once, when there is a log`() throws {
        var progress = BuildProgress()
        let before: JSONValue = ["deepLink": "https://console.example/null"]
        #expect(try progress.notes(build(logs: before)).isEmpty)
        let after: JSONValue = [
            "groupName": "g", "streamName": "s", "deepLink": "https://console.example/s",
        ]
        #expect(
            try progress.notes(build(logs: after)) == [.log(url: "https://console.example/s")])
        #expect(try progress.notes(build(logs: after)).isEmpty)
    }

    @Test func `however often one looks, each beginning and end is said once, in order`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<100 {
            var progress = BuildProgress()
            var notes: [BuildNote] = []
            var reached = 0
            while reached < Self.order.count {
                let ended = Self.order[..<reached].map { phase($0, "SUCCEEDED") }
                let present = Self.order[reached]
                notes += progress.notes(
                    try build(current: present, phases: ended + [phase(present)]))
                reached += Int.random(in: 0...2, using: &random)
            }
            notes += progress.notes(
                try build(
                    "SUCCEEDED", current: "COMPLETED",
                    phases: Self.order.map { phase($0, "SUCCEEDED") } + [phase("COMPLETED")]))
            let ends = notes.compactMap { note -> String? in
                if case .phase(let name, .some, _) = note { name } else { nil }
            }
            #expect(ends == Self.order)
            for name in Self.order {
                let begin = notes.firstIndex(of: .phase(name, status: nil, seconds: nil))
                let end = notes.firstIndex(of: .phase(name, status: "SUCCEEDED", seconds: 3))
                if let begin, let end { #expect(begin < end) }
            }
            #expect(Set(notes.map(\.text)).count == notes.count)
        }
    }

    @Test func `pages go on until a token repeats, empty ones in between too`() throws {
        var progress = BuildProgress()
        let first = try progress.notes(page(["a\n", "b\r\n", "", "c\nd\n", "e"], "f/1"))
        #expect(first.notes == ["a", "b", "", "c", "d", "e"].map { .line($0) })
        #expect(!first.isLast && progress.logToken == "f/1")
        let empty = try progress.notes(page([], "f/2"))
        #expect(empty.notes.isEmpty && !empty.isLast)
        let more = try progress.notes(page(["g\n"], "f/3"))
        #expect(more.notes == [.line("g")] && !more.isLast)
        #expect(try progress.notes(page([], "f/3")).isLast)
    }

    @Test func `an end without success names phase and reason`() throws {
        #expect(BuildProgress.problem(try build("SUCCEEDED")) == nil)
        let failed: JSONValue = [
            "phaseType": "BUILD", "phaseStatus": "FAILED",
            "contexts": [["statusCode": "COMMAND_EXECUTION_ERROR", "message": "exit status 1"]],
        ]
        let problem = try #require(
            BuildProgress.problem(
                try build(
                    "FAILED", phases: [phase("INSTALL", "SUCCEEDED"), failed],
                    logs: [
                        "groupName": "g", "streamName": "s",
                        "deepLink": "https://console.example/s",
                    ])))
        #expect(problem.code == "codebuild.failed")
        #expect(problem.summary == "build `p:1` ended with FAILED in phase BUILD")
        #expect(problem.causes == ["COMMAND_EXECUTION_ERROR: exit status 1"])
        #expect(problem.hint?.contains("https://console.example/s") == true)
        let late = BuildProgress.problem(
            try build("TIMED_OUT", logs: ["deepLink": "https://console.example/null"]))
        #expect(late?.code == "codebuild.timed-out")
        #expect(late?.hint?.contains("null") == false)
    }
}
