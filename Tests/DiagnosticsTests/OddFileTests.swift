import Foundation
import TestSupport
import Testing

@testable import Diagnostics

/// Files that are none, or too big: refused at once, whoever put them there.
@Suite(.timeLimit(.minutes(5)))
struct OddFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func code(_ path: String, followsLink: Bool = true) -> String? {
        do {
            _ = try FileContents.read(path, limitBytes: 100, followsLink: followsLink)
            return nil
        } catch {
            return (error as? Diagnostic)?.code
        }
    }

    @Test func `a pipe that nobody writes to is refused, not waited for`() throws {
        let pipe = "\(folder.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(code(pipe) == "file.unreadable")
        #expect(throws: Diagnostic.self) { try AppendOnlyFile(pipe) }
    }

    @Test func `devices are refused, but for the one that means no file`() throws {
        #expect(code("/dev/zero") == "file.unreadable")
        #expect(try FileContents.read("/dev/null").isEmpty)
        #expect(code(folder.path) == "file.unreadable")
    }

    @Test func `a link is followed only where it may be one`() throws {
        try folder.write("file", "text")
        let link = "\(folder.path)/link"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "\(folder.path)/file")
        #expect(code(link) == nil)
        #expect(code(link, followsLink: false) == "file.unreadable")
        #expect(throws: Diagnostic.self) { try AppendOnlyFile(link) }
        #expect(try FileContents.read("\(folder.path)/file") == Array("text".utf8))
    }

    @Test func `a file above the limit is refused without being read`() throws {
        let path = try folder.write("big", "")
        // Sparse: reading it would take minutes.
        #expect(truncate(path, 1 << 40) == 0)
        #expect(code(path) == "file.too-big")
    }
}
