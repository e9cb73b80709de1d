import Diagnostics
import FoundationEssentials

/// Looks for what may have been made a moment ago, and is not to be seen everywhere yet.
///
/// EC2 answers from many copies of its records: what a call made may be unknown to the next look.
/// One look that finds nothing proves nothing, as long as the thing would be young.
///
/// Source: <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>
struct PatientLook: Sendable {
    /// What is older is seen, or is not there.
    static let youngSeconds: Double = 300
    /// What is younger than that was just made.
    static let newSeconds: Double = 30
    /// Between the looks at what was just made: half a minute in all.
    static let delaysSeconds: [Double] = youngDelaysSeconds + [8, 14]
    /// Between the looks at what is young.
    static let youngDelaysSeconds: [Double] = [0.25, 0.5, 1, 2, 4]

    let time: any TimeSource

    /// How long to wait before each further look.
    ///
    /// - Parameter ageSeconds: of the thing, should it be there; of clocks that differ, less than
    ///   nothing counts as much as more.
    static func delays(ageSeconds: Double) -> [Double] {
        abs(ageSeconds) < newSeconds
            ? delaysSeconds : abs(ageSeconds) < youngSeconds ? youngDelaysSeconds : []
    }

    /// Looks until it is there, and not for long.
    ///
    /// - Parameters:
    ///   - birth: when it was made, should it be there; nil for just now.
    ///   - look: looks once.
    /// - Returns: nil where it is not there.
    func find<T: Sendable>(
        bornAt birth: Date? = nil, _ look: () async throws -> T?
    ) async throws -> T? {
        if let found = try await look() { return found }
        let age = birth.map { time.now().timeIntervalSince($0) } ?? 0
        for delay in Self.delays(ageSeconds: age) {
            try await time.sleep(seconds: delay)
            if let found = try await look() { return found }
        }
        return nil
    }
}
