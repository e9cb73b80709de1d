import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections
import Sandbox

/// Assets as events of `--json`.
enum AssetEvents {
    /// One `asset` event for each, then `asset-cost`.
    static func show(_ listing: AssetListing) {
        for members in listing.eventMembers { show("asset", members) }
        show("asset-cost", listing.cost.objectValue ?? [:])
    }

    /// One `asset` event for each thing that goes or stays, with `action` and `reason`.
    static func show(_ plan: CleanPlan) {
        for (action, items) in [("remove", plan.removed), ("keep", plan.kept)] {
            for item in items {
                var members = item.asset.members
                members["action"] = .string(action)
                members["reason"] = .string(item.reason)
                show("asset", members)
            }
        }
    }

    private static func show(_ event: String, _ members: OrderedDictionary<String, JSONValue>) {
        let head: OrderedDictionary<String, JSONValue> = [
            "event": .string(event), "time": .string(Timestamp.text(Date())),
        ]
        let line = JSONValue.object(head.merging(members) { first, _ in first })
        StandardStreams.printLine(line.compactText)
    }
}
