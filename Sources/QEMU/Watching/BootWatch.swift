/// Decides whether a guest that has not come up yet still may.
///
/// It goes on for as long as it writes to its console or moves data from and to its disk. Silence
/// counts only while the machine could run; see `ServedTime`.
struct BootWatch: Sendable {
    /// What moves while a guest starts.
    struct Progress: Sendable, Equatable {
        var consoleBytes: Int
        var diskBytes: Int64
    }

    enum Verdict: Sendable, Equatable {
        case goOn
        /// Nothing moved for as long as it was allowed to stand still.
        case standsStill
        /// It moves and does not arrive.
        case tooLong
    }

    private let limits: BootLimits
    private let start: Double
    private var served = ServedTime()
    private var last: Progress?
    private var lastServedSeconds = 0.0

    /// Begins to watch.
    ///
    /// - Parameter start: the moment, as `observe` counts them.
    init(_ limits: BootLimits, start: Double) {
        self.limits = limits
        self.start = start
    }

    /// Judges by one more look.
    mutating func observe(
        _ progress: Progress, _ use: ProcessorUse?, at moment: Double
    ) -> Verdict {
        served.observe(use, at: moment)
        if progress != last {
            last = progress
            lastServedSeconds = served.seconds
        }
        if moment - start >= limits.totalSeconds { return .tooLong }
        return served.seconds - lastServedSeconds >= limits.stillSeconds ? .standsStill : .goOn
    }
}

/// How long something within a virtual machine may take.
package struct BootLimits: Sendable, Equatable {
    /// Without any progress, in seconds in which the machine could run.
    package var stillSeconds: Double
    /// Altogether, by the clock; so long that it means only that there is no end.
    package var totalSeconds: Double

    /// Sets limits.
    package init(stillSeconds: Double, totalSeconds: Double) {
        self.stillSeconds = stillSeconds
        self.totalSeconds = totalSeconds
    }
}
