import Synchronization

/// Where one request's task and the loop's thread meet: what has arrived, and how it ended.
///
/// At most `limitBytes` of the body wait here; beyond that the loop is told to pause the transfer.
final class CurlExchange: Sendable {
    /// What the task takes.
    enum Event: Sendable {
        case head(HTTPResponse)
        case body([UInt8])
    }

    /// What became of a piece that the loop offered.
    enum Offer {
        case taken
        /// The task is behind: pause, and offer it again after a resume.
        case full
        /// The task is gone: stop.
        case unwanted
    }

    /// One step of the task; `mustResume` asks it to have the paused transfer continued.
    struct Step: Sendable {
        let outcome: Result<Event?, any Error>
        let mustResume: Bool
    }

    /// How much of a body may wait for the task.
    static let limitBytes = 256 * 1024

    let request: HTTPRequest
    let upload: UploadSource?
    private let state = Mutex(State())

    private struct State {
        var head: HTTPResponse?
        var body: [UInt8] = []
        var isPaused = false
        var end: Result<Void, any Error>?
        var waiter: CheckedContinuation<Step, Never>?

        /// What the task can have now; nil where it has to wait.
        mutating func take() -> Step? {
            if let head {
                self.head = nil
                return Step(outcome: .success(.head(head)), mustResume: false)
            }
            if !body.isEmpty {
                let piece = body
                body = []
                return Step(outcome: .success(.body(piece)), mustResume: isPaused)
            }
            return end.map { Step(outcome: $0.map { nil }, mustResume: false) }
        }

        /// The waiting task with what it can have now, for the caller to resume outside the lock.
        mutating func wake() -> (CheckedContinuation<Step, Never>, Step)? {
            guard let waiter, let step = take() else { return nil }
            self.waiter = nil
            return (waiter, step)
        }
    }

    /// Checks the request and opens what it sends.
    init(_ request: HTTPRequest) throws {
        try request.validate()
        self.request = request
        upload = try UploadSource(request)
    }

    // MARK: The task's side

    /// Waits for what comes next; one task only.
    func next() async -> Step {
        await withCheckedContinuation { continuation in
            let ready: Step? = state.withLock { state in
                if let step = state.take() { return step }
                state.waiter = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Ends the exchange at once; what has arrived and not been taken is dropped.
    func abandon(_ error: any Error) {
        change { state in
            guard state.end == nil || !state.body.isEmpty || state.head != nil else { return }
            state.head = nil
            state.body = []
            state.end = .failure(error)
        }
    }

    // MARK: The loop's side

    /// Whether the task still wants an answer.
    var isOpen: Bool { state.withLock { $0.end == nil } }

    /// Whether the transfer waits for the task, and not for the network.
    var isPaused: Bool { state.withLock { $0.isPaused } }

    /// Notes that the transfer goes on.
    ///
    /// Not when the task takes what it waited for: until the loop has heard of that, the time still
    /// is the reader's, and must not count as idle.
    func noteResumed() { state.withLock { $0.isPaused = false } }

    /// Lays the head down for the task.
    func offer(_ head: HTTPResponse) {
        state.withLock { if $0.end == nil { $0.head = head } }
    }

    /// Lays a piece of the body down for the task.
    func offer(_ piece: UnsafeBufferPointer<UInt8>) -> Offer {
        state.withLock { state in
            if state.end != nil { return .unwanted }
            if !state.body.isEmpty, state.body.count + piece.count > Self.limitBytes {
                state.isPaused = true
                return .full
            }
            state.body.append(contentsOf: piece)
            return .taken
        }
    }

    /// Wakes the task when something lies there for it: once for all pieces of one round of the
    /// loop, as each switch of threads costs more than libcurl's small pieces are worth.
    func flush() { change { _ in } }

    /// Ends the exchange; what has arrived can still be taken before.
    func finish(_ result: Result<Void, any Error>) {
        change { if $0.end == nil { $0.end = result } }
    }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, awoken) = state.withLock { state in
            let value = body(&state)
            return (value, state.wake())
        }
        if let (continuation, step) = awoken { continuation.resume(returning: step) }
        return value
    }
}
