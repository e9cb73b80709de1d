@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Turns SIGINT and SIGTERM into the cancellation of one task; a second one ends the process.
final class InterruptSignals: Sendable {
    private let received = Mutex<Int32?>(nil)
    private let sources: [any DispatchSourceSignal]

    /// Watches from now on.
    ///
    /// - Parameter onFirst: called once, for the first signal.
    init(onFirst: @escaping @Sendable () -> Void) {
        let numbers = [SIGINT, SIGTERM]
        sources = numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
        for (number, source) in zip(numbers, sources) {
            signal(number, SIG_IGN)
            source.setEventHandler { [weak self] in
                guard let self else { return }
                let isFirst = received.withLock { seen in
                    defer { seen = seen ?? number }
                    return seen == nil
                }
                if isFirst {
                    onFirst()
                } else {
                    _exit(128 + number)
                }
            }
            source.resume()
        }
    }

    /// 130 or 143; nil where no signal came.
    var exitStatus: Int32? { received.withLock { $0.map { 128 + $0 } } }
}
