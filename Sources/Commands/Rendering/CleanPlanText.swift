import Releasing

/// What `clean` would do as text.
enum CleanPlanText {
    /// A line for each thing that goes, then for each that stays.
    static func text(_ plan: CleanPlan) -> String {
        let rows = [("remove", plan.removed), ("keep", plan.kept)].flatMap { action, items in
            items.map { item in
                [
                    action, item.asset.kind.rawValue, item.asset.label, item.asset.region,
                    item.reason,
                ]
            }
        }
        let end = plan.removed.isEmpty ? ["nothing to remove"] : []
        return ((rows.isEmpty ? [] : [TextTable.text(rows)]) + end).joined(separator: "\n")
    }
}
