import ArgumentParser
import Releasing

/// How a command takes the lock of the results that it writes to.
struct LockOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How long to wait for another run, in seconds (default: 0; of collect, distribute and \
            a matrix's summary \(Int(Matrix.lockSeconds))).
            """, valueName: "seconds"))
    var waitLock: Double?

    private static let longestSeconds = 7.0 * 24 * 3600

    func validate() throws {
        guard let waitLock else { return }
        if !(0...Self.longestSeconds).contains(waitLock) {
            throw ValidationError("--wait-lock needs a number of seconds, at most those of a week")
        }
    }

    /// How long, where nothing else is said not at all.
    var waitSeconds: Double { waitLock ?? 0 }
}
