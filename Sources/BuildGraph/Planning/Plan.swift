package import JSON
import OrderedCollections

/// What a plan says of one stage.
package struct PlannedStage: Sendable {
    /// The stage's name.
    package let name: StageName
    /// The group it is selected by.
    package let group: String
    /// Whether it is durable or ephemeral.
    package let lifetime: StageLifetime
    /// What will become of it.
    package internal(set) var state: StageState
    /// Every reason why it is not fresh, in a fixed order.
    package internal(set) var reasons: [Reason]
    /// What its key is made of; nil for an ephemeral stage.
    package let material: KeyMaterial?
    /// The key of the matching run, where it is fresh.
    let matchingKey: String?
    /// The outputs that count now: those of the matching run where it is fresh, else the last good.
    package let outputs: JSONValue?
    /// How long its last good run took.
    package let expectedSeconds: Double?
    /// Whether it is fresh by an earlier run, which a run makes the current one again.
    package let isPromotion: Bool
    /// What it will do to what is there, or may.
    package internal(set) var effects = StageEffects()

    /// Its key; nil where it is ephemeral or an upstream stage's outputs are not known yet.
    ///
    /// Made anew at each asking: most plans are only shown.
    package var key: String? { matchingKey ?? material?.key }

    /// The stage's part of `--json` and of a plan file.
    package var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "stage": .string(name.rawValue), "group": .string(group),
            "kind": .string(lifetime.rawValue), "state": .string(state.rawValue),
            "reasons": .array(reasons.map { .string($0.description) }),
        ]
        if let expectedSeconds { members["expectedSeconds"] = .number(expectedSeconds) }
        members.merge(effects.members) { first, _ in first }
        return .object(members)
    }
}

/// What a run would do: every selected stage and the stale upstream it cannot do without.
package struct Plan: Sendable {
    /// The stages listed, in topological order.
    package let stages: [PlannedStage]
    /// What was asked for.
    package let selection: Selection
    /// Every stage of the graph by number, listed or not.
    let all: [PlannedStage]
    /// Whether the stage of that number is listed.
    let isListed: [Bool]
    /// What each declared file was taken for (`--what-if` applied).
    let digests: InputDigests
    /// Whether it is known that the results are of the account that is worked in.
    package let isAccountCompared: Bool
    /// What was planned; nil for nothing.
    let graph: StageGraph?
    /// How long the stages that will run take, as they took last time.
    let seconds: Double
    /// Recorded stages that made something which is not asked for any more.
    package var superseded: [StageName] = []

    /// The plan of no stages.
    package static let empty = Plan(
        stages: [], selection: Selection(only: []), all: [], isListed: [], digests: InputDigests(),
        isAccountCompared: true, graph: nil, seconds: 0)

    /// Said where it is not known whose account is worked in.
    package static let notCompared = "account not compared"

    /// What is to be said of all of it: what was left open.
    package var notes: [String] {
        let unbound = stages.count { $0.reasons.contains(.notBound) }
        return (isAccountCompared ? [] : [Self.notCompared])
            + (unbound == 0 ? [] : ["\(unbound) \(Reason.notBound)"])
            + supersededNotes
    }

    /// What is to be said of what is not asked for any more.
    package var supersededNotes: [String] {
        superseded.map { "\($0) is no longer asked for (`clean` takes what it made)" }
    }

    /// Whether something published may turn out to be replaced, once a lookup has its answer.
    package var mayDifferByLookups: Bool { EarlyLookups.isAtStake(self) }

    /// Whether everything that was asked for is up to date.
    package var isFresh: Bool { stages.allSatisfy { $0.state == .fresh } }

    /// What all stages that will run come to.
    package struct Sums: Sendable, Equatable {
        /// How many of them there are.
        package var runs = 0
        /// How many things others take the place of.
        package var replaces = 0
        /// How many things are deleted.
        package var deletes = 0
        /// How long they take from the first to the last, side by side as far as one need not
        /// wait for another, as they took last time; what never ran does not count.
        package var seconds = 0.0
        /// What they cost in USD by list prices: machines and what they copy between regions, not
        /// what is stored afterwards; nil where a price or a time is not known.
        package var costUSD: Double? = 0

        /// Makes some; without arguments those of nothing.
        package init(runs: Int = 0, seconds: Double = 0, costUSD: Double? = 0) {
            self.runs = runs
            self.seconds = seconds
            self.costUSD = costUSD
        }

        /// Adds those of another plan.
        package mutating func add(_ other: Sums) {
            runs += other.runs
            replaces += other.replaces
            deletes += other.deletes
            seconds += other.seconds
            costUSD = costUSD.flatMap { own in other.costUSD.map { own + $0 } }
        }
    }

    /// What they cost, by list prices; nil where that is not known.
    ///
    /// Made anew at each asking: most plans are not shown.
    private var costUSD: Double? {
        guard let graph else { return 0 }
        return ExpectedCost.usd(
            graph, all, isListed: isListed, ExpectedTime(graph, all, isListed: isListed))
    }

    /// What all stages that will run come to.
    package var sums: Sums {
        stages.filter { $0.state == .run }.reduce(
            into: Sums(seconds: seconds, costUSD: costUSD)
        ) { sums, stage in
            sums.runs += 1
            sums.replaces += stage.effects.replaces.count
            sums.deletes += stage.effects.deletes.count
        }
    }

    /// Why a stage is not fresh, from as far down as that goes; nil where it is.
    package func cause(of stage: PlannedStage) -> Reason? {
        guard stage.state != .fresh, let graph else { return stage.reasons.first }
        return why(stage.name, in: graph)?.chain.first?.reasons.first ?? stage.reasons.first
    }

    /// The stages of one state, in topological order.
    package func names(_ state: StageState) -> [StageName] {
        stages.filter { $0.state == state }.map(\.name)
    }

    /// What is planned for one stage; nil where it is not listed.
    package subscript(name: StageName) -> PlannedStage? { stages.first { $0.name == name } }
}
