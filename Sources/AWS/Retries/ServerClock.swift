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

    /// Whether a clock that is wrong explains a refusal; it is corrected then.
    ///
    /// Judged by the date that the refused request bears: of several on their way, the first to be
    /// refused corrects the clock, and that must not make the others' refusals final.
    ///
    /// - Parameters:
    ///   - serverDate: the answer's.
    ///   - signedAt: what the refused request was signed with.
    func explains(_ serverDate: Date?, toRequestSignedAt signedAt: Date) -> Bool {
        guard let serverDate,
            abs(serverDate.timeIntervalSince(signedAt)) > Self.toleranceSeconds
        else { return false }
        aheadSeconds = serverDate.timeIntervalSince(time.now())
        return true
    }
}
