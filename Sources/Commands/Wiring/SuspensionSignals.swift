@preconcurrency import Dispatch
import Glibc

/// Ctrl-Z, and the return from it: SIGTSTP and SIGCONT.
final class SuspensionSignals: Sendable {
    private let stop: any DispatchSourceSignal
    private let proceed: any DispatchSourceSignal

    init() {
        stop = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: .global())
        proceed = DispatchSource.makeSignalSource(signal: SIGCONT, queue: .global())
    }

    /// Watches from now on.
    ///
    /// - Parameters:
    ///   - onStop: called before the program stands still; it gets what makes it stand still, and
    ///     goes on where that returns.
    ///   - onContinue: called when it goes on.
    func watch(
        onStop: @escaping @Sendable (_ stop: () -> Void) -> Void,
        onContinue: @escaping @Sendable () -> Void
    ) {
        signal(SIGTSTP, SIG_IGN)
        stop.setEventHandler { onStop(Self.standStill) }
        proceed.setEventHandler(handler: onContinue)
        stop.resume()
        proceed.resume()
    }

    /// Ctrl-Z stops the program again as it always does.
    deinit {
        stop.cancel()
        proceed.cancel()
        signal(SIGTSTP, SIG_DFL)
    }

    /// Not where no shell is there to continue it: as the system itself does with Ctrl-Z.
    private static func standStill() {
        guard getsid(getppid()) == getsid(0) else { return }
        kill(getpid(), SIGSTOP)
    }
}
