import Diagnostics
import JSON
import OrderedCollections
import Releasing

/// Assets as events of `--json`.
struct AssetEvents {
    let console: Console
    let time: any TimeSource

    /// One `asset` event for each, then `asset-cost`.
    func show(_ listing: AssetListing) {
        for members in listing.eventMembers { show("asset", members) }
        show("asset-cost", listing.cost.objectValue ?? [:])
    }

    /// One `asset` event for each thing that goes or stays, with `action` and `reason`.
    func show(_ plan: CleanPlan) {
        for (action, items) in [("remove", plan.removed), ("keep", plan.kept)] {
            for item in items {
                var members = item.asset.members
                members["action"] = .string(action)
                members["reason"] = .string(item.reason)
                show("asset", members)
            }
        }
    }

    private func show(_ event: String, _ members: OrderedDictionary<String, JSONValue>) {
        let head: OrderedDictionary<String, JSONValue> = [
            "event": .string(event), "time": .string(Timestamp.text(time.now())),
        ]
        let line = JSONValue.object(head.merging(members) { first, _ in first })
        console.printLine(line.compactText)
    }
}
