import Diagnostics

/// Whether the run behind a lock that nobody releases for it, as in S3, still lives.
///
/// A run writes its lock anew every `beatSeconds`. One that was not heard of for `leaseSeconds` is
/// dead, or cut off so long that it finds its lock lost before it creates or records anything.
/// On the very machine where it ran, a process that is gone is proof at once.
struct LockLease: Sendable, Equatable {
    /// The pause between two signs of life.
    static let beatSeconds = 30.0
    /// Silence after which another run may take the lock.
    static let leaseSeconds = 180.0

    let holder: LockInfo
    /// Since its last sign of life, by the clock of whoever keeps the lock; nil where unknown.
    let ageSeconds: Double?

    /// Why the run is certain to be over; nil where it may live.
    ///
    /// - Parameters:
    ///   - space: where this process's ids mean something; nil where that is unknown.
    ///   - isRunning: whether a process of that id is there.
    func causeOfDeath(in space: String?, isRunning: (Int) -> Bool) -> String? {
        if let space, space == holder.processSpace, !isRunning(holder.pid) {
            return "its process \(holder.pid) on this machine is gone"
        }
        if let ageSeconds, ageSeconds > Self.leaseSeconds {
            return "it was last heard of \(Self.text(ageSeconds)) ago"
        }
        return nil
    }

    /// When it was last heard of, for a person who wonders whether it lives.
    var sign: String? {
        ageSeconds.map { age in
            "it was last heard of \(Self.text(age)) ago"
                + (age <= 2 * Self.beatSeconds ? ", so it lives" : ", so it may be dead")
        }
    }

    private static func text(_ seconds: Double) -> String {
        seconds < 120 ? "\(Int(max(0, seconds))) s" : "\(Int(seconds / 60)) min"
    }
}
