import Synchronization

/// What was written to one stream.
final class WrittenText: Sendable {
    private let text = Mutex("")

    var all: String { text.withLock { $0 } }

    func add(_ more: String) { text.withLock { $0 += more } }
}
