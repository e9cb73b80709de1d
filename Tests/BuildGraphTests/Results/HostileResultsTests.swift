import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import BuildGraph

/// A results folder that somebody else may have written to.
@Suite struct HostileResultsTests {
    private let folder: TemporaryFolder
    private let store: FolderResultStore

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("secret", "elsewhere")
        try folder.write("out/a/x.json", "{}")
        store = FolderResultStore(root: "\(folder.path)/out", assetId: "a")
    }

    private func link(_ name: String) throws {
        let path = "\(folder.path)/out/a/\(name)"
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "\(folder.path)/secret")
    }

    private func code(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? Diagnostic)?.code
        }
    }

    @Test(arguments: ["../secret", "/etc/passwd", "..", ".", "", "a/b", "a\u{0}b", "a\nb"])
    func `no name leads out of the folder`(name: String) async {
        #expect(await code { _ = try await store.readFile(name) } == "results.bad-file-name")
        #expect(await code { try await store.writeFile(name, [1]) } == "results.bad-file-name")
    }

    @Test func `a lock, a journal or a result that is a link is refused`() async throws {
        for name in [".lock", "journal.ndjson", "ami.json"] { try link(name) }
        #expect(
            await code {
                try await store.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
            } == "results.unwritable")
        #expect(await code { _ = try await store.readJournal() } == "file.unreadable")
        #expect(await code { try await store.appendToJournal([1]) } == "results.unwritable")
        let result = try await store.load("ami")
        #expect(result?.record == nil && result != nil)
        let kept = try String(contentsOfFile: "\(folder.path)/secret", encoding: .utf8)
        #expect(kept == "elsewhere")
    }

    @Test func `a journal of any length is read or refused, and says little of what is wrong`()
        throws
    {
        let garbage = Array(repeating: UInt8(ascii: "x"), count: 10) + [UInt8(ascii: "\n")]
        let lines = Array(repeatElement(garbage, count: 500).joined())
        let reading = try JournalReading(lines, location: "l", assetId: "a")
        #expect(reading.warnings.count == 11)
        #expect(reading.warnings.last == "and 490 more")
        for (byte, count) in [
            (UInt8(ascii: " "), JournalReading.limitBytes + 1),
            (UInt8(ascii: "\n"), JournalReading.limitLines + 1),
        ] {
            let error = #expect(throws: Diagnostic.self) {
                try JournalReading(
                    [UInt8](repeating: byte, count: count), location: "l", assetId: "a")
            }
            #expect(error?.code == "results.journal-too-big")
        }
    }

    @Test func `a result above its limit is unreadable`() throws {
        let text = "{\"a\": \"" + String(repeating: "x", count: 4 << 20) + "\"}"
        let result = try StoredResult(
            Array(text.utf8), of: "ami", assetId: "a", location: "out/a")
        #expect(result.record == nil)
    }

    @Test func `no secret of the process gets into what is recorded of a failure`() async throws {
        let secret = Secret(#"a-secret-"of"-twenty-letters"#)
        let run = RecordedRun(
            key: "sha256:1", inputs: [:], settings: [:], revisions: [:], outputs: nil,
            startedAt: "2026-11-23T18:00:00.000Z", finishedAt: "2026-11-23T18:30:00.000Z",
            seconds: 1, runId: "run-1", tool: "dssbatch 0.1.0", identity: nil)
        let problem = Diagnostic(
            code: "x", summary: "it is \(secret.reveal())", location: secret.reveal(),
            causes: ["not \(secret.reveal())?"], hint: "change \(secret.reveal())")
        try await store.save(.failure(run, problem, of: "ami", assetId: "a", after: nil))
        let event = RunEvent(time: SystemTimeSource().now(), stage: "ami", kind: .error(problem))
        for text in [
            String(decoding: try await store.readFile("ami.json") ?? [], as: UTF8.self),
            event.json.compactText,
        ] {
            #expect(text.contains("<secret>"))
            #expect(!text.contains("twenty"))
        }
    }

    /// A weak password may be part of a name, which has to stay what it is.
    @Test func `a secret that is a name spoils no record`() async throws {
        let secret = Secret("dssbatch.result")
        let run = RecordedRun(
            key: "sha256:1", inputs: [:], settings: [:], revisions: [:],
            outputs: ["value": .string(secret.reveal())],
            startedAt: "2026-11-23T18:00:00.000Z", finishedAt: "2026-11-23T18:30:00.000Z",
            seconds: 1, runId: "run-1", tool: "dssbatch 0.1.0", identity: "i")
        let record = ResultRecord(stage: "ami", assetId: "a", status: .succeeded, run: run)
        try await store.save(record)
        #expect(try await store.load("ami")?.record == record)
    }
}
