import BuildGraph
import Diagnostics
import Glibc
import JSON
import TestSupport
import Testing

@testable import Commands
@testable import Releasing

@Suite struct ReportTests {
    private static let forms = [
        ("text", "txt"), ("markdown", "md"), ("html", "html"), ("json", "json"),
    ]

    /// Compares every form with a golden file of a name.
    private func check(_ bench: CommandBench, _ name: String) async throws {
        var problems: [any Error] = []
        for (format, suffix) in Self.forms {
            let outcome = await bench.run(["report", "MANIFEST", "--format", format])
            #expect(outcome.status == .fresh)
            #expect(outcome.error == "")
            do {
                try GoldenFile("\(name).\(suffix)").check(outcome.output)
            } catch {
                problems.append(error)
            }
        }
        for problem in problems { Issue.record(problem) }
    }

    /// An inventory and the document that tells when its release was made.
    private func write(
        _ bench: CommandBench, _ assetId: String, createdAt: String, openssl: String,
        wheel: String?
    ) throws {
        try bench.folder.write(
            "out/\(assetId)/release.json",
            #"{"createdAt":"\#(createdAt)","versions":{"sandbox":"\#(assetId)","a|b":"<i>"}}"#)
        let pip = wheel.map { #"{"name":"wheel","version":"\#($0)"}"# } ?? ""
        try bench.folder.write(
            "out/\(assetId)/ami.inventory.json",
            """
            {"schema":"dssbatch.inventory/1","system":{"id":"ubuntu","versionId":"22.04",
            "prettyName":"Ubuntu","architecture":"amd64"},"apt":[{"name":"openssl",
            "version":"\(openssl)","architecture":"amd64","source":"openssl",
            "sourceVersion":"\(openssl)"}],"pip":[{"environment":"/venv","packages":[\(pip)]}],
            "repositories":[]}
            """)
    }

    private func record(
        _ bench: CommandBench, _ stage: StageName, outputs: JSONValue, startedAt: String,
        finishedAt: String, seconds: Double, runId: String = "run-1", by: RecordedPerson? = nil
    ) async throws {
        let store = bench.store
        let earlier = try await store.load(stage)?.record?.run
        var run =
            earlier
            ?? RecordedRun(
                key: "", inputs: [:], outputs: nil, startedAt: "", finishedAt: "", seconds: 0,
                runId: "", tool: "dssbatch test")
        run.outputs = outputs
        run.startedAt = startedAt
        run.finishedAt = finishedAt
        run.seconds = seconds
        run.runId = runId
        run.by = by
        try await store.save(.success(run, of: stage, assetId: "1.0", after: nil))
    }

    /// A finished release, recorded by two runs.
    private func finished() async throws -> CommandBench {
        let bench = try CommandBench()
        try await bench.recordAll()
        let alice = RecordedPerson(user: "alice", host: "laptop")
        try await record(
            bench, "ami", outputs: ["imageId": "ami-1", "name": "Sandbox-1.0"],
            startedAt: "2026-11-23T18:10:00.000Z", finishedAt: "2026-11-23T18:14:00.000Z",
            seconds: 240, runId: "run-2", by: alice)
        try await record(
            bench, "install",
            outputs: [
                "ok": 2,
                "slowest": [
                    ["task": "docker : Load <image>", "seconds": .number(91.5)],
                    ["task": "base : Update | upgrade", "seconds": 30],
                ],
            ], startedAt: "2026-11-23T18:05:00.000Z", finishedAt: "2026-11-23T18:09:00.000Z",
            seconds: 240, runId: "run-2", by: alice)
        try await record(
            bench, "export-vmdk",
            outputs: [
                "format": "VMDK", "bytes": 3_221_225_472, "region": "eu-central-1",
                "url": "https://d1.cloudfront.net/1.0.vmdk", "sha256": "ab12",
            ], startedAt: "2026-11-23T18:14:00.000Z", finishedAt: "2026-11-23T18:44:00.000Z",
            seconds: 1800, runId: "run-2", by: alice)
        try write(
            bench, "1.0", createdAt: "2026-11-23T19:00:00.000Z", openssl: "3.0.3", wheel: "0.45")
        return bench
    }

    @Test func `a release is shown in every form`() async throws {
        let bench = try await finished()
        try write(
            bench, "0.8", createdAt: "2026-11-20T00:00:00.000Z", openssl: "3.0.1", wheel: nil)
        try write(
            bench, "0.9", createdAt: "2026-11-21T00:00:00.000Z", openssl: "3.0.2", wheel: nil)
        try write(
            bench, "2.0", createdAt: "2026-11-25T00:00:00.000Z", openssl: "4.0.0", wheel: nil)
        try await check(bench, "report")
    }

    @Test func `what others wrote stays a text, and a failure says what to do`() async throws {
        let bench = try await finished()
        let store = bench.store
        let hostile = "</script><script>alert(1)</script> | **bold** \u{1b}[31m\u{202e} \"q\" '&'"
        var problem = Diagnostic(
            code: "aws.Nonsense", summary: hostile, location: hostile, causes: [hostile],
            hint: hostile)
        problem.log = "x"
        let earlier = try await store.load("export-vmdk")?.record
        var run = try #require(earlier?.run)
        run.outputs = nil
        run.runId = hostile
        run.by = RecordedPerson(user: hostile, host: hostile)
        try await store.save(
            .failure(run, problem, of: "export-vmdk", assetId: "1.0", after: earlier))
        try await record(
            bench, "ami", outputs: ["imageId": .string(hostile), "name": .string(hostile)],
            startedAt: hostile, finishedAt: hostile, seconds: 1)
        try await check(bench, "report-hostile")
    }

    @Test func `a release of which nothing is recorded is no error`() async throws {
        try await check(CommandBench(), "report-new")
    }

    @Test func `where a declared file cannot be read it is unknown what is stale`() async throws {
        let bench = try await finished()
        #expect(mkfifo("\(bench.folder.path)/ansible/pipe", 0o600) == 0)
        let outcome = await bench.run(["report", "MANIFEST"])
        #expect(outcome.status == .fresh)
        #expect(outcome.output.hasPrefix("1.0: unknown; last made [TIME]"))
        #expect(outcome.output.contains("note: what is stale is unknown"))
        #expect(outcome.output.contains("ami-1"))
    }

    @Test func `a file is written whole, and nothing is printed`() async throws {
        let bench = try await finished()
        let path = "\(bench.folder.path)/report.md"
        let printed = await bench.run(["report", "MANIFEST", "--format", "markdown"]).output
        let outcome = await bench.run([
            "report", "MANIFEST", "--format", "markdown", "--output", path,
        ])
        #expect(outcome.output == "")
        let written = String(decoding: try FileContents.read(path), as: UTF8.self)
        #expect(written.contains("| AMI | ami-1 |"))
        #expect(printed.count(where: \.isNewline) == written.count(where: \.isNewline))
    }

    @Test func `releases of a matrix are a table in every form`() throws {
        let report = MatrixReport(
            name: "many", location: "out/many",
            rows: [
                .init(
                    assetId: "1.0-a", status: .fresh, reason: nil,
                    madeAt: "2026-11-23T18:44:00.000Z", images: [("eu-central-1", "ami-1")],
                    formats: ["VMDK", "VHD"], sizeBytes: 3_221_225_472),
                .init(
                    assetId: "1.0-<b>", status: .failed, reason: "ami: failed | last time",
                    madeAt: nil, images: [], formats: [], sizeBytes: 0),
            ])
        var problems: [any Error] = []
        for (name, text) in [
            ("matrix-report.txt", ReportText.text(report)),
            ("matrix-report.md", ReportMarkdown.text(report)),
            ("matrix-report.html", ReportPage.text(report)),
            ("matrix-report.json", report.json.prettyText),
        ] {
            do { try GoldenFile(name).check(text) } catch { problems.append(error) }
        }
        for problem in problems { Issue.record(problem) }
    }
}
