import ArgumentParser
import Sandbox

/// How a command takes the lock of the results that it writes to.
struct LockOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How long to wait for another run, in seconds (default: 0; of collect and distribute \
            \(Int(Matrix.lockSeconds))).
            """, valueName: "seconds"))
    var waitLock: Double?

    func validate() throws {
        guard let waitLock else { return }
        if !(waitLock >= 0 && waitLock.isFinite) {
            throw ValidationError("--wait-lock needs a number of seconds")
        }
    }

    /// How long, where nothing else is said not at all.
    var waitSeconds: Double { waitLock ?? 0 }
}
