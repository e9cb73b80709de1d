import Diagnostics
import Releasing

/// What who presses Ctrl-C is told.
struct Interruption: Sendable {
    /// What stands now.
    let things: @Sendable () -> StandingThings
    /// Says the command that removes what an asset has left.
    let cleaning: @Sendable (_ assetId: String) -> String
    /// What a machine costs; nil where that is not known, or nothing.
    let hourlyUSD: Double?

    /// What the first one sets off, how long that takes, and what a second would do.
    var first: String {
        let things = things()
        let removed = things.removed
        if removed.isEmpty {
            return "interrupted: stopping what runs; Ctrl-C again ends at once"
        }
        return "interrupted: removing \(FewOfMany.lines(removed).joined(separator: ", ")), which "
            + "takes \(Durations.about(things.removalSeconds)); Ctrl-C again leaves "
            + (removed.count == 1 ? "it" : "them")
    }

    /// What the second one leaves, what that costs, and how it is removed.
    var second: String {
        let things = things()
        let left = things.removed + things.continued
        if left.isEmpty { return "ended at once: nothing is left" }
        let cost = hourlyUSD.flatMap { usd in
            things.hasMachine ? "; a machine costs about \(StorageCost.text(usd)) USD an hour" : nil
        }
        let commands = things.assetIds.map { "`\(cleaning($0))`" }
        return "ended at once: \(FewOfMany.lines(left).joined(separator: ", ")) stay\(cost ?? "")\n"
            + "hint: run the same command again to continue, or remove what is left with "
            + FewOfMany.lines(commands).joined(separator: ", ")
    }
}
