import BuildGraph
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct JournalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { "1.0/journal.ndjson" }

    private func journal(_ runId: String = "run-1", _ events: EventLog? = nil) async throws
        -> Journal
    {
        try await Journal(
            store: FolderResultStore(root: folder.path, assetId: "1.0"), runId: runId,
            time: SystemTimeSource(),
            events: events.map { EventSink(time: SystemTimeSource(), receive: $0.receive) })
    }

    private func intend(_ journal: Journal, _ name: String) async throws -> JournalEntryID {
        try await journal.intend(
            stage: "ami", resource: "ec2:image", region: "eu-central-1", name: name,
            token: "token", details: ["b": "2", "a": "1"])
    }

    @Test func `what is begun and not ended is found by the next run`() async throws {
        let events = EventLog()
        let first = try await journal("run-1", events)
        let kept = try await intend(first, "kept")
        let gone = try await intend(first, "gone")
        let known = try await intend(first, "known")
        _ = try await intend(first, "unknown")
        try await first.created(kept, id: "1")
        try await first.created(gone, id: "2")
        try await first.created(known, id: "3")
        try await first.gone(gone)
        try await first.kept(kept)
        try await first.commitKept(of: "ami")
        let second = try await journal("run-2")
        let left = await second.unfinished()
        #expect(left.map(\.name) == ["known", "unknown"])
        #expect(left.map(\.id) == ["3", nil])
        #expect(left.first?.details == ["a": "1", "b": "2"])
        #expect(left.first?.runId == "run-1")
        #expect(second.warnings.isEmpty)
        #expect(
            events.names == [
                "resource-created ami", "resource-created ami", "resource-created ami",
                "resource-deleted ami",
            ])
    }

    @Test func `what is kept stays unfinished on disk until the result is recorded`() async throws {
        let first = try await journal()
        let image = try await intend(first, "image")
        try await first.kept(image)
        #expect(await first.unfinished().isEmpty)
        #expect(try await journal("run-2").unfinished().map(\.entry) == [image])
        try await first.commitKept(of: "ami")
        #expect(try await journal("run-2").unfinished().isEmpty)
    }

    @Test func `a torn last line is passed over, named, and spoils no later line`() async throws {
        let first = try await journal()
        let whole = try await intend(first, "whole")
        let handle = try #require(FileHandle(forWritingAtPath: "\(folder.path)/\(path)"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"line":"intent","entry":"run-1/2","sta"#.utf8))
        try handle.close()
        let second = try await journal("run-2")
        #expect(await second.unfinished().map(\.entry) == [whole])
        #expect(second.warnings.count == 1)
        #expect(second.warnings.first?.contains("journal.ndjson:2") == true)
        let next = try await intend(second, "next")
        let third = try await journal("run-3")
        #expect(await third.unfinished().map(\.entry) == [whole, next])
    }

    @Test func `every cut of the file leaves what was whole before it`() async throws {
        let first = try await journal()
        for number in 0..<4 {
            let entry = try await intend(first, "n\(number)")
            try await first.created(entry, id: "id\(number)")
        }
        let file = "\(folder.path)/\(path)"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        for cut in stride(from: 0, through: bytes.count, by: 7) {
            try bytes.prefix(cut).write(to: URL(fileURLWithPath: file))
            let lines = bytes.prefix(cut).filter { $0 == 10 }.count
            let left = try await journal("run-2").unfinished()
            // A cut right before a line's end leaves the line readable, which is as good.
            #expect(left.count == (lines + 1) / 2 || left.count == (lines + 2) / 2)
        }
    }

    @Test func `a journal whose entries have all ended is emptied at the next start`() async throws
    {
        let first = try await journal()
        for number in 0..<50 { try await first.gone(try await intend(first, "n\(number)")) }
        let second = try await journal("run-2")
        try await second.compact()
        let file = "\(folder.path)/\(path)"
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).isEmpty)
        let entry = try await intend(second, "after")
        try await second.created(entry, id: "7")
        let third = try await journal("run-3")
        #expect(await third.unfinished().map(\.id) == ["7"])
    }

    @Test func `what is held is so in the next run, also after compacting, until it is released`()
        async throws
    {
        let first = try await journal()
        let entry = try await intend(first, "machine")
        try await first.created(entry, id: "3")
        for number in 0..<500 { try await first.gone(try await intend(first, "n\(number)")) }
        let until = Date(timeIntervalSince1970: Double(Int(Date().timeIntervalSince1970)) + 3600)
        let hold = JournalHold(until: until, details: ["place": "here"])
        try await first.hold(entry, hold)
        let second = try await journal("run-2")
        try await second.compact()
        for held in [second, try await journal("run-3")] {
            let left = try #require(await held.unfinished().first)
            #expect(left.hold == hold)
            #expect(left.isHeld(at: until - 1))
            #expect(!left.isHeld(at: until))
            // Whatever a journal says, nothing is held for longer than a day.
            var endless = left
            endless.hold = JournalHold(until: .distantFuture, details: [:])
            #expect(endless.isHeld(at: left.time.addingTimeInterval(86_399)))
            #expect(!endless.isHeld(at: left.time.addingTimeInterval(86_401)))
        }
        try await second.release(entry)
        let third = try await journal("run-4")
        #expect(await third.unfinished().map(\.hold) == [nil])
        try await third.gone(entry)
        await #expect(throws: Diagnostic.self) { try await third.hold(entry, hold) }
    }

    @Test func `compacting keeps unfinished entries with their ids`() async throws {
        let first = try await journal()
        let known = try await intend(first, "known")
        try await first.created(known, id: "3")
        for number in 0..<500 { try await first.gone(try await intend(first, "n\(number)")) }
        let second = try await journal("run-2")
        try await second.compact()
        let size = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(path)")).count
        #expect(size < 1000)
        #expect(try await journal("run-3").unfinished().map(\.id) == ["3"])
    }

    @Test func `an entry that is not there cannot be ended`() async throws {
        let first = try await journal()
        let entry = try await intend(first, "x")
        try await first.gone(entry)
        let problem = await #expect(throws: Diagnostic.self) { try await first.gone(entry) }
        #expect(problem?.code == "graph.unknown-journal-entry")
    }
}
