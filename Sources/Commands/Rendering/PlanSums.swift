import BuildGraph
import Releasing

/// What the stages of plans come to that run, in words.
enum PlanSums {
    /// How much is replaced and deleted, how long it takes and what it costs.
    static func parts(_ plans: [Plan]) -> [String] {
        let sums = plans.reduce(into: Plan.Sums()) { $0.add($1.sums) }
        let published = plans.flatMap(\.stages).filter { $0.state == .run }
            .flatMap(\.effects.published)
        var parts: [String] = []
        if !published.isEmpty { parts.append(replaced(published)) }
        let others = sums.replaces - published.count
        if others > 0 {
            let all = published.isEmpty ? "" : " in all"
            parts.append("replaces \(sums.replaces)\(all)")
        }
        if sums.deletes > 0 { parts.append("deletes \(sums.deletes)") }
        if sums.seconds > 0 { parts.append(Durations.about(sums.seconds)) }
        if let cost = cost(sums.costUSD) { parts.append(cost) }
        return parts
    }

    /// What others have already is named as such.
    static func replaced(_ things: [StageEffects.Replacement]) -> String {
        let isImages = things.allSatisfy { $0.what.hasPrefix("image ") && $0.isPublic }
        return switch (things.count, isImages) {
        case (1, true): "1 replaces a public image"
        case (1, false): "1 replaces what is published"
        case (let count, true): "\(count) replace public images"
        case (let count, false): "\(count) replace what is published"
        }
    }

    /// Nothing where nothing has a price.
    static func cost(_ usd: Double?) -> String? {
        guard let usd else { return "cost unknown" }
        if usd == 0 { return nil }
        return usd < 0.005 ? "below 0.01 USD" : "about \(StorageCost.text(usd)) USD"
    }
}
