import Diagnostics
import JSON
import Synchronization

/// Reads the JSON lines of a pull or push as they come.
final class TransferStream: Sendable {
    /// A line that is no JSON.
    struct Garbled: Error {
        let why: String
    }

    private struct State {
        var isError = false
        var errorBody: [UInt8] = []
        var lines = LineSplitter(limitBytes: TransferStream.limitBytes)
        var meter: TransferMeter
        var refusal: String?
        var digest: String?
    }

    /// Longest line, and longest answer of an error.
    private static let limitBytes = 1 << 20

    private let state: Mutex<State>
    private let onProgress: @Sendable (TransferProgress) async -> Void

    init(isPull: Bool, onProgress: @escaping @Sendable (TransferProgress) async -> Void) {
        state = Mutex(State(meter: TransferMeter(isPull: isPull)))
        self.onProgress = onProgress
    }

    /// The first error that the stream has told of.
    var refusal: String? { state.withLock { $0.refusal } }

    /// The manifest's digest where the stream has told it.
    var digest: String? { state.withLock { $0.digest } }

    /// The body of an answer with an error status.
    var errorBody: [UInt8] { state.withLock { $0.errorBody } }

    /// The answer's head is there.
    func begin(status: Int) {
        state.withLock { $0.isError = !(200..<300).contains(status) }
    }

    /// Takes a piece of the answer's body.
    func take(_ piece: [UInt8]) async throws {
        let lines = state.withLock { state -> [String] in
            if state.isError {
                state.errorBody += piece.prefix(Self.limitBytes - state.errorBody.count)
                return []
            }
            return piece.withUnsafeBytes { state.lines.add($0) }
        }
        for line in lines { try await take(line) }
    }

    /// The answer is over.
    func end() async throws {
        if let last = state.withLock({ $0.lines.rest() }) { try await take(last) }
    }

    private func take(_ text: String) async throws {
        if text.allSatisfy(\.isWhitespace) { return }
        let line: TransferLine
        do {
            line = TransferLine(try JSONValue.parse(Array(text.utf8), source: "line"))
        } catch let problem as Diagnostic {
            throw Garbled(why: problem.summary)
        }
        let news = state.withLock { state -> TransferProgress? in
            if state.refusal == nil { state.refusal = line.error }
            if let digest = line.digest { state.digest = digest }
            return state.meter.take(line)
        }
        if let news { await onProgress(news) }
    }
}
