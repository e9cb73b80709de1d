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
    private var last: (moment: Double, use: ProcessorUse)?

    /// Where so much passes between two observations, this program itself was held up.
    private static let longestStepSeconds = 5.0

    /// Nothing observed yet.
    init() {}

    /// Counts the time since the last observation.
    ///
    /// - Parameters:
    ///   - use: nil where the process is not there.
    ///   - moment: in seconds, by a clock that never goes back.
    mutating func observe(_ use: ProcessorUse?, at moment: Double) {
        defer { last = use.map { (moment, $0) } }
        guard let use, let last else { return }
        let passed = min(max(0, moment - last.moment), Self.longestStepSeconds)
        let used = max(0, use.seconds - last.use.seconds)
        seconds += use.isWaiting || last.use.isWaiting ? min(passed, used) : passed
    }
}
