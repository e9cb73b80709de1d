import Diagnostics
import Foundation

/// A file in the folder `Golden` of a target's tests that a text has to equal.
package struct GoldenFile {
    /// What is wrong with the text, or with the run.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let path: String

    /// Names one.
    ///
    /// - Parameter tests: the file that asks.
    package init(_ name: String, tests: String = #filePath) {
        path = "\(ProjectPath.tests(of: tests))/Golden/\(name)"
    }

    /// Compares; with `DSS_WRITE_GOLDEN` set it rewrites the file, and fails all the same.
    ///
    /// - Throws: `Failure`; what reading and writing throw.
    package func check(_ text: String) throws {
        if ProcessInfo.processInfo.environment["DSS_WRITE_GOLDEN"] != nil {
            try AtomicFile.write(Array(text.utf8), to: path)
            throw Failure(
                description:
                    "rewrote \(path): look at the difference, then run without the variable")
        }
        let golden = String(decoding: try FileContents.read(path), as: UTF8.self)
        if golden != text {
            throw Failure(description: "\(path) has\n\(golden)\nand now it is\n\(text)")
        }
    }
}
