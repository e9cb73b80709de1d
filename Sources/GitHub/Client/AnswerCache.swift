import HTTP
import Synchronization

/// The last answers with an `ETag`, so that asking again costs nothing of the rate limit.
///
/// Source: <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>
final class AnswerCache: Sendable {
    private struct State {
        var answers: [String: HTTPResponse] = [:]
        /// The oldest first.
        var order: [String] = []
    }

    private static let longest = 64
    private static let bodyLimitBytes = 1 << 20
    private let state = Mutex(State())

    /// The answer that is kept for an address.
    func answer(for url: String) -> HTTPResponse? { state.withLock { $0.answers[url] } }

    /// Keeps an answer, where it can be asked for by its tag.
    func keep(_ response: HTTPResponse, for url: String) {
        guard response.status == 200, response.header("ETag") != nil,
            response.body.count <= Self.bodyLimitBytes
        else { return }
        state.withLock { state in
            if state.answers.updateValue(response, forKey: url) == nil { state.order.append(url) }
            if state.order.count > Self.longest {
                state.answers[state.order.removeFirst()] = nil
            }
        }
    }
}
