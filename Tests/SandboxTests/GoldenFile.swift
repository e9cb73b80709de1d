import Diagnostics
import Foundation
import Testing

/// A file under `Golden` that a text has to equal.
struct GoldenFile {
    private let path: String

    init(_ name: String) { path = "\(ManifestFixture.root)/Tests/SandboxTests/Golden/\(name)" }

    /// Compares; with `DSS_WRITE_GOLDEN` set it rewrites the file, and fails all the same.
    func check(_ text: String) throws {
        if ProcessInfo.processInfo.environment["DSS_WRITE_GOLDEN"] != nil {
            try AtomicFile.write(Array(text.utf8), to: path)
            Issue.record("rewrote \(path): look at the difference, then run without the variable")
            return
        }
        #expect(try String(decoding: FileContents.read(path), as: UTF8.self) == text)
    }
}
