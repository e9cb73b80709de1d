import Diagnostics
import FoundationEssentials

/// How far AWS's clock is ahead of this machine's, learnt from the `Date` header.
actor ServerClock {
    /// Smaller differences are no reason for a refusal.
    static let toleranceSeconds: Double = 240
    private var aheadSeconds: Double = 0
    private let time: any TimeSource

    init(time: any TimeSource) { self.time = time }

    /// The present moment as AWS sees it.
    func now() -> Date { time.now().addingTimeInterval(aheadSeconds) }

    /// Learns from a refusal.
    ///
    /// - Returns: whether the clock was wrong enough to explain it, and is corrected now.
    func correct(by serverDate: Date?) -> Bool {
        guard let serverDate else { return false }
        guard abs(serverDate.timeIntervalSince(now())) > Self.toleranceSeconds else { return false }
        aheadSeconds = serverDate.timeIntervalSince(time.now())
        return true
    }
}
