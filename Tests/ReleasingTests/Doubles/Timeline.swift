import Synchronization

/// What happened in one test, in order: AWS calls, journal lines, keys and plays.
final class Timeline: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }

    /// The lines that speak of AWS calls and the journal's answers to them, without looks.
    var changes: [String] { all.filter { !$0.hasPrefix("Describe") && !$0.hasPrefix("Head") } }

    /// Where a line stands; nil where it does not.
    func place(_ line: String) -> Int? { all.firstIndex(of: line) }
}
