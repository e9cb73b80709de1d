import CCurl
import Diagnostics
import Glibc
import Synchronization

/// The one thread that owns libcurl's handles and runs all transfers.
///
/// Other threads only hand commands over and wake it; it starts with the first command.
///
/// | the loop | begins with | what holds |
/// |---|---|---|
/// | idle | `init` | there is no thread and no handle |
/// | serving | the first `start` | commands are taken, transfers moved, sockets waited for |
/// | closed | `close` | no command is taken any more; every transfer ends |
/// | ended | the end of `run` | the handles are gone; `untilEnded` returns |
final class CurlLoop: Sendable {
    private enum Command: Sendable {
        case start(CurlExchange)
        case resume(CurlExchange)
        case stop(CurlExchange)
        case close
    }

    /// libcurl's multi handle as other threads may use it.
    // SAFETY: other threads only pass it to `curl_multi_wakeup`, which libcurl allows from any
    // thread, and only while they hold the lock under which the loop takes it away at its end.
    private struct WakeTarget: @unchecked Sendable {
        let library: CurlLibrary
        let multi: UnsafeMutableRawPointer
    }

    private struct State {
        var commands: [Command] = []
        var hasThread = false
        var isClosed = false
        var hasEnded = false
        var wakeTarget: WakeTarget?
        var enders: [CheckedContinuation<Void, Never>] = []
    }

    private let configuration: CurlTransport.Configuration
    private let state = Mutex(State())

    init(_ configuration: CurlTransport.Configuration) { self.configuration = configuration }

    // MARK: From any thread

    /// Begins a transfer.
    func start(_ exchange: CurlExchange) {
        if !enqueue(.start(exchange)) {
            exchange.finish(.failure(exchange.request.refusal("the transport is closed")))
        }
    }

    /// Lets a paused transfer go on.
    func resume(_ exchange: CurlExchange) { _ = enqueue(.resume(exchange)) }

    /// Ends a transfer that its task wants no more.
    func stop(_ exchange: CurlExchange) { _ = enqueue(.stop(exchange)) }

    /// Ends every transfer and the thread, without waiting for it.
    func close() {
        _ = enqueue(.close)
    }

    /// Waits until the thread is gone.
    func untilEnded() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasThread || state.hasEnded { return true }
                state.enders.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func enqueue(_ command: Command) -> Bool {
        state.withLock { state in
            if state.isClosed { return false }
            if case .close = command { state.isClosed = true }
            if case .start = command, !state.hasThread {
                guard startThread() else { return false }
                state.hasThread = true
            }
            // Without a thread there is nothing to resume, stop or close.
            guard state.hasThread else { return true }
            state.commands.append(command)
            if let target = state.wakeTarget {
                _ = target.library.functions.multi_wakeup(target.multi)
            }
            return true
        }
    }

    private func startThread() -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    // MARK: On the loop's thread

    private func run() {
        // Signals are the main thread's; above all no SIGPIPE when a server hangs up.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        switch CurlLibrary.shared.map({ CurlMulti($0, configuration) }) {
        case .success(let multi?):
            state.withLock {
                $0.wakeTarget = WakeTarget(library: multi.library, multi: multi.raw)
            }
            serve(multi)
            withExtendedLifetime(multi) { state.withLock { $0.wakeTarget = nil } }
        case .success(nil): refuseAll("libcurl has no memory")
        case .failure(let failure): refuseAll(failure.message)
        }
        let enders = state.withLock { state in
            state.hasEnded = true
            defer { state.enders = [] }
            return state.enders
        }
        for ender in enders { ender.resume() }
    }

    private func serve(_ multi: CurlMulti) {
        while true {
            for command in takeCommands() {
                switch command {
                case .start(let exchange): multi.start(exchange)
                case .resume(let exchange): multi.resume(exchange)
                case .stop(let exchange): multi.stop(exchange)
                case .close: return multi.stopAll()
                }
            }
            multi.perform()
            multi.poll()
        }
    }

    private func refuseAll(_ message: String) {
        state.withLock { $0.isClosed = true }
        for case .start(let exchange) in takeCommands() {
            exchange.finish(
                .failure(
                    HTTPFailure(
                        kind: .other, message: message, host: exchange.request.place,
                        requestMayHaveReachedServer: false)))
        }
    }

    private func takeCommands() -> [Command] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }
}
