import Synchronization

/// What a program answers on its standard output, up to a limit.
///
/// For programs that somebody else chose: one that never ends its answer costs no memory.
package final class ProgramAnswer: Sendable {
    private static let limitBytes = 1 << 20
    private let kept = Mutex("")

    /// Holds nothing.
    package init() {}

    /// Adds a line, unless that were too much.
    package func add(_ line: String) {
        kept.withLock { text in
            if text.utf8.count + line.utf8.count < Self.limitBytes { text += line + "\n" }
        }
    }

    /// Every line with its end.
    package var text: String { kept.withLock { $0 } }

    /// The lines that hold anything.
    package var lines: [String] { text.split(separator: "\n").map(String.init) }
}
