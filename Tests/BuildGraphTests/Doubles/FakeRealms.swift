import BuildGraph
import Diagnostics
import Synchronization

/// Knows as much about who works as a test says; a realm is an account's name.
final class FakeRealms: RealmSource {
    private struct State {
        var known: String?
        var answer: String?
        var gone: Set<String> = []
        var asks = 0
    }

    let bindsEveryStage = false
    private let state: Mutex<State>

    /// - Parameters:
    ///   - known: the account that is known offline.
    ///   - answer: what asking tells; nil where nobody may ask.
    init(known: String? = nil, answer: String?, gone: Set<String> = []) {
        state = Mutex(State(known: known, answer: answer, gone: gone))
    }

    /// How often somebody asked.
    var asks: Int { state.withLock { $0.asks } }

    func present() -> Realm? { state.withLock { $0.known.map { Realm($0) } } }
    func account() -> String? { state.withLock { $0.known } }

    func verdict(on recorded: Realm) -> RealmVerdict {
        state.withLock { state in
            if state.gone.contains(recorded.text) { return .gone }
            guard let known = state.known else { return .notCompared }
            return known == recorded.text
                ? .same : .differs(recorded: recorded.text, present: known)
        }
    }

    func accept(account: String) { state.withLock { $0.known = account } }

    func ask() throws -> Realm {
        try state.withLock { state in
            state.asks += 1
            guard let answer = state.answer else {
                throw Diagnostic(
                    code: "realm.unknown", severity: .configuration, summary: "nobody knows")
            }
            state.known = answer
            return Realm(answer)
        }
    }
}
