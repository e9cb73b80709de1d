import BuildGraph
import Diagnostics
import Releasing

/// What who presses Ctrl-C is told.
struct Interruption: Sendable {
    /// What stands now.
    let things: @Sendable () -> StandingThings
    /// Says the command that removes what an asset has left; nil where there is none.
    let cleaning: @Sendable (_ assetId: String) -> String?
    /// What a machine costs; nil where that is not known, or nothing.
    let hourlyUSD: @Sendable () -> Double?
    /// What becomes of machines.
    var onError = OnError.cleanup

    /// What the first one sets off, how long that takes, and what a second would do.
    var first: String {
        let things = things()
        let removed = things.removed
        if removed.isEmpty {
            return "interrupted: stopping what runs; Ctrl-C again ends at once"
        }
        let names = FewOfMany.lines(removed).joined(separator: ", ")
        switch onError {
        case .cleanup: break
        case .keep:
            return "interrupted: stopping what runs; \(names) stay, as `--on-error keep` says"
        case .ask: return "interrupted: stopping what runs; you are asked whether \(names) stay"
        }
        let time = Durations.about(things.removalSeconds)
        return "interrupted: removing \(names), which takes \(time); Ctrl-C again leaves "
            + (removed.count == 1 ? "it" : "them")
    }

    /// What the second one leaves, what that costs, and how it is removed.
    var second: String {
        let things = things()
        let left = things.removed + things.continued
        // What an earlier run made and this one goes on with, no event of this run tells.
        if left.isEmpty {
            return
                "ended at once: this run has made nothing that is left; the next one looks after "
                + "what the journal names"
        }
        let cost = (things.hasMachine ? hourlyUSD() : nil).map {
            "; a machine costs about \(StorageCost.text($0)) USD an hour"
        }
        let commands = things.assetIds.compactMap { cleaning($0).map { "`\($0)`" } }
        return "ended at once: \(FewOfMany.lines(left).joined(separator: ", ")) stay\(cost ?? "")\n"
            + "hint: run the same command again to continue"
            + (commands.isEmpty
                ? ""
                : ", or remove what is left with "
                    + FewOfMany.lines(commands).joined(separator: ", "))
    }
}
