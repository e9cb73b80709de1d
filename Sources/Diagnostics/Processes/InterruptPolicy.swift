/// Tells one interruption from two.
///
/// Who closes a terminal is heard twice, from the terminal and from its shell, and services send a
/// SIGTERM after a SIGINT. Only whoever sends the same signal again, and not at the same time,
/// wants more than the first one asked for.
///
/// | signal | means |
/// |---|---|
/// | the first | the interruption |
/// | another kind | the same interruption |
/// | the same kind within a second of its first | the same interruption |
/// | the same kind later | again |
package struct InterruptPolicy: Sendable {
    /// What a signal means.
    package enum Meaning: Sendable, Equatable {
        case first
        case same
        case again
    }

    private static let togetherSeconds = 1.0

    private var firstSeconds: [Int32: Double] = [:]

    /// No signal came yet.
    package init() {}

    /// Takes a signal.
    ///
    /// - Parameters:
    ///   - number: which.
    ///   - moment: when, in seconds from any fixed moment.
    package mutating func receive(_ number: Int32, atSeconds moment: Double) -> Meaning {
        let isFirst = firstSeconds.isEmpty
        guard let earlier = firstSeconds[number] else {
            firstSeconds[number] = moment
            return isFirst ? .first : .same
        }
        return moment - earlier < Self.togetherSeconds ? .same : .again
    }
}
