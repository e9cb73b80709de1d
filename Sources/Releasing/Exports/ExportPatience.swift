/// How long to wait for EC2 to have room for an export: pure functions.
///
/// Who has used a limit up may be anybody, so that asking again is all that helps for certain; what
/// the active tasks tell makes it quicker.
enum ExportPatience {
    /// From the first refusal.
    static let boundSeconds: Double = 24 * 3600
    /// Between two times that EC2 is asked for a task, where nothing shows that there is room.
    static let askSeconds: ClosedRange<Double> = 30...120
    /// Between two looks at the active tasks.
    static let lookSeconds: ClosedRange<Double> = 2...30
    /// The looks get rarer with the time that has passed.
    private static let lookShare = 0.1

    /// Until EC2 is asked again for a task, whatever the looks tell.
    ///
    /// - Parameters:
    ///   - jitter: a random number from 0 to 1, so that processes do not ask in step.
    ///   - elapsedSeconds: since the first refusal.
    static func untilAsking(jitter: Double, elapsedSeconds: Double) -> Double {
        let wide = askSeconds.upperBound - askSeconds.lowerBound
        let delay = askSeconds.lowerBound + min(max(jitter, 0), 1) * wide
        return max(0, min(delay, boundSeconds - elapsedSeconds))
    }

    /// Until the next look.
    ///
    /// - Parameters:
    ///   - elapsedSeconds: since the first refusal.
    ///   - untilAskingSeconds: what is left until EC2 is asked anyway.
    static func untilLooking(elapsedSeconds: Double, untilAskingSeconds: Double) -> Double {
        let delay = min(
            max(lookSeconds.lowerBound, lookShare * elapsedSeconds), lookSeconds.upperBound)
        return max(0, min(delay, untilAskingSeconds))
    }

    /// Whether one of the tasks that stood in the way has ended.
    ///
    /// - Parameters:
    ///   - blockers: ids of the active tasks when EC2 refused; none tells nothing.
    ///   - active: ids of the active tasks now.
    static func hasRoom(blockers: Set<String>, active: Set<String>) -> Bool {
        !blockers.isEmpty && !blockers.isSubset(of: active)
    }
}
