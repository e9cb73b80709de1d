/// When to look whether something has ended: a pure function of the time that has passed.
///
/// A wait costs calls when it looks often and time when it looks seldom. Where the last duration is
/// known, the looks are crowded around it, and few before it.
package struct WaiterSchedule: Sendable, Equatable {
    /// Before the first look.
    package var firstDelaySeconds: Double
    /// No two looks are nearer than this.
    package var minimumDelaySeconds: Double
    /// How long the same thing took the last time; nil where it is not known.
    package var expectedSeconds: Double?
    /// When to give up.
    package var deadlineSeconds: Double
    /// Without an expectation no gap is longer than this.
    package var maximumDelaySeconds: Double

    /// Makes a schedule; see the properties.
    package init(
        firstDelaySeconds: Double = 2, minimumDelaySeconds: Double = 2,
        expectedSeconds: Double? = nil, deadlineSeconds: Double,
        maximumDelaySeconds: Double = 60
    ) {
        self.firstDelaySeconds = firstDelaySeconds
        self.minimumDelaySeconds = minimumDelaySeconds
        self.expectedSeconds = expectedSeconds.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        self.deadlineSeconds = deadlineSeconds
        self.maximumDelaySeconds = maximumDelaySeconds
    }

    /// Growth of the gaps where nothing is known.
    static let plainShare = 0.05
    /// Growth of the gaps long before the expected end.
    static let earlyShare = 0.25
    /// Growth of the gaps around the expected end.
    static let denseShare = 0.03
    /// From where to where the looks are crowded, as shares of the expected duration.
    static let denseWindow = 0.85...1.15
    /// The second look: eight steps of `earlyShare` before the window, so that no length within
    /// 30 % of the expected takes 25 looks.
    static let earliestShare = 0.1427
    /// A look so near below the window is put at its beginning.
    static let mergedShare = 0.97

    /// How long to wait before the next look.
    ///
    /// - Parameter elapsedSeconds: since the beginning; 0 before the first look.
    package func delay(elapsedSeconds: Double) -> Double {
        if elapsedSeconds <= 0 { return capped(firstDelaySeconds, elapsedSeconds) }
        guard let expected = expectedSeconds else {
            let gap = max(minimumDelaySeconds, Self.plainShare * elapsedSeconds)
            return capped(
                min(gap, max(maximumDelaySeconds, minimumDelaySeconds)), elapsedSeconds)
        }
        return capped(max(minimumDelaySeconds, gap(elapsedSeconds, expected)), elapsedSeconds)
    }

    private func gap(_ elapsed: Double, _ expected: Double) -> Double {
        let dense = Self.denseWindow.lowerBound * expected
        if elapsed < dense {
            let next = max(elapsed * (1 + Self.earlyShare), Self.earliestShare * expected)
            return (next > Self.mergedShare * dense ? dense : next) - elapsed
        }
        let isDense = elapsed < Self.denseWindow.upperBound * expected
        return elapsed * (isDense ? Self.denseShare : Self.plainShare)
    }

    /// The last look is at the deadline, not after it.
    private func capped(_ delay: Double, _ elapsed: Double) -> Double {
        max(0, min(delay, deadlineSeconds - elapsed))
    }
}
