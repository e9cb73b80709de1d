import Diagnostics
@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into the cancellation of one task; a second interruption ends
/// the process (`InterruptPolicy`).
final class InterruptSignals: Sendable {
    private let received = Mutex<Int32?>(nil)
    private let policy = Mutex(InterruptPolicy())
    private let numbers: [Int32]
    private let sources: [any DispatchSourceSignal]
    /// How the program was started: asked once, before a first watch ignores it for itself.
    private static let isHangUpIgnored = isIgnored(SIGHUP)

    /// Watches from now on.
    ///
    /// - Parameters:
    ///   - isAnswered: asked at each signal until one is not; a signal that somebody waited for
    ///     interrupts nothing.
    ///   - onFirst: called once, for the first signal that nobody waited for.
    ///   - onSecond: called before the process ends at once; not waited for any longer than a
    ///     terminal needs that takes no text any more.
    init(
        isAnswered: @escaping @Sendable () -> Bool, onFirst: @escaping @Sendable () -> Void,
        onSecond: @escaping @Sendable () -> Void
    ) {
        // Whoever started this with `nohup` wants it to go on without its terminal.
        numbers = [SIGINT, SIGTERM] + (Self.isHangUpIgnored ? [] : [SIGHUP])
        sources = numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
        for (number, source) in zip(numbers, sources) {
            signal(number, SIG_IGN)
            source.setEventHandler { [weak self] in
                guard let self else { return }
                let moment = SystemTimeSource().monotonicSeconds()
                let meaning = policy.withLock { $0.receive(number, atSeconds: moment) }
                // What somebody waited for interrupts nothing, and neither does its echo.
                if meaning == .same || exitStatus == nil && isAnswered() { return }
                let isFirst = received.withLock { seen in
                    defer { seen = seen ?? number }
                    return seen == nil
                }
                if isFirst {
                    onFirst()
                } else {
                    Self.within(seconds: 1, onSecond)
                    _exit(128 + number)
                }
            }
            source.resume()
        }
    }

    /// Signals end the process again until somebody else watches.
    deinit {
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }

    /// 129, 130 or 143; nil where no signal came, or each was waited for.
    var exitStatus: ExitStatus? {
        received.withLock { $0.flatMap { ExitStatus(rawValue: 128 + $0) } }
    }

    private static func within(seconds: Int, _ work: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            work()
            done.signal()
        }
        _ = done.wait(timeout: .now() + .seconds(seconds))
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var present = sigaction()
        guard sigaction(number, nil, &present) == 0 else { return false }
        return unsafeBitCast(present.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
