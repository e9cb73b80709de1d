/// How long a machine could have run, whatever else this one was busy with.
///
/// | the machine | counts |
/// |---|---|
/// | has not started, or has ended | nothing |
/// | wants a processor or a disk | the processor time that it got |
/// | waits for something of its own accord | the time that passed |
struct ServedTime: Sendable {
    /// In seconds, since the first observation.
    private(set) var seconds = 0.0
    /// How long it wanted a processor or a disk all the while, and what it got meanwhile.
    private var wanted = (seconds: 0.0, usedSeconds: 0.0)
    private var last: (moment: Double, use: ProcessorUse)?

    /// Where so much passes between two observations, this program itself was held up.
    private static let longestStepSeconds = 5.0
    /// Who wanted less than this was not kept from anything.
    private static let leastWantedSeconds = 2.0

    /// Nothing observed yet.
    init() {}

    /// Of the processor time that it wanted, what it got; more than 1 with several processors,
    /// nil where it wanted hardly any.
    var share: Double? {
        wanted.seconds < Self.leastWantedSeconds ? nil : wanted.usedSeconds / wanted.seconds
    }

    /// Counts the time since the last observation.
    ///
    /// - Parameters:
    ///   - use: nil where the process is not there.
    ///   - moment: in seconds, by a clock that never goes back.
    mutating func observe(_ use: ProcessorUse?, at moment: Double) {
        defer { last = use.map { (moment, $0) } }
        guard let use, let last else { return }
        let elapsed = max(0, moment - last.moment)
        let passed = min(elapsed, Self.longestStepSeconds)
        let used = max(0, use.seconds - last.use.seconds)
        seconds += use.isWaiting || last.use.isWaiting ? min(passed, used) : passed
        // At both ends, for a machine that idles is now and then caught while it does not.
        if use.isWaiting, last.use.isWaiting {
            wanted.seconds += elapsed
            wanted.usedSeconds += used
        }
    }
}
