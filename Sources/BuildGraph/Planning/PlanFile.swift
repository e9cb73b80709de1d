import Diagnostics
import JSON
import OrderedCollections

/// A plan as `plan --output FILE` writes it and `run --plan FILE` holds a run to it.
package struct PlanFile: Sendable, Equatable {
    /// The name and version of the form.
    package static let schema = "dssbatch.plan/1"

    /// What the plan of one stage rests on.
    struct Stage: Sendable, Equatable {
        var state: String
        var reasons: [String]
        var inputs: [String: String]
        /// The digest of what is recorded of it; nil where nothing is.
        var result: String?
        /// What is published and would be replaced: who runs the plan agrees to that.
        var replacesPublished: [String] = []
    }

    /// The asset that was planned for.
    package let assetId: String
    /// What was asked for; `run --plan` asks for the same.
    package let selection: Selection
    let stages: OrderedDictionary<String, Stage>
    /// Whom it was made for; nil where that was not known.
    package let realm: Realm?

    /// Writes a plan down.
    package init(
        _ plan: Plan, _ world: RecordedWorld, assetId: String, realm: Realm? = nil
    ) {
        self.realm = realm
        self.assetId = assetId
        selection = plan.selection
        stages = Self.stages(plan, world.results)
    }

    init(
        assetId: String, selection: Selection, stages: OrderedDictionary<String, Stage>,
        realm: Realm? = nil
    ) {
        self.realm = realm
        self.assetId = assetId
        self.selection = selection
        self.stages = stages
    }

    /// Makes sure that a plan made now is this one.
    ///
    /// - Throws: `plan.moved`, severity `.configuration`, whose causes name what moved.
    package func check(against plan: Plan, _ world: RecordedWorld, assetId: String) throws {
        let now = Self.stages(plan, world.results)
        var moved = assetId == self.assetId ? [] : ["asset id \(self.assetId) is now \(assetId)"]
        for (name, old) in stages {
            guard let new = now[name] else {
                moved.append("stage \(name) is no longer planned")
                continue
            }
            moved += Self.differences(name, old, new)
        }
        moved += now.keys.filter { stages[$0] == nil }.map { "stage \($0) is planned now" }
        guard !moved.isEmpty else { return }
        var seen: Set<String> = []
        throw Diagnostic(
            code: "plan.moved", severity: .configuration,
            summary: "the plan no longer holds: something it rests on has changed since",
            causes: moved.filter { seen.insert($0).inserted },
            hint: "plan again with `dssbatch plan MANIFEST --verify --output FILE`, which asks AWS")
    }

    private static func stages(
        _ plan: Plan, _ results: [StageName: StoredResult]
    ) -> OrderedDictionary<String, Stage> {
        var stages: OrderedDictionary<String, Stage> = [:]
        for planned in plan.stages {
            stages[planned.name.rawValue] = Stage(
                state: planned.state.rawValue, reasons: planned.reasons.map(\.description),
                inputs: planned.material?.inputs ?? [:],
                result: results[planned.name].map { Self.digest(of: $0) },
                replacesPublished: planned.state == .run
                    ? planned.effects.published.map(\.label) : [])
        }
        return stages
    }

    private static func digest(of result: StoredResult) -> String {
        switch result {
        case .record(let record): Digest.of(record.json)
        case .unreadable(let cause): Digest.of("unreadable: \(cause)")
        }
    }

    private static func differences(_ name: String, _ old: Stage, _ new: Stage) -> [String] {
        var moved: [String] = []
        for input in Set(old.inputs.keys).union(new.inputs.keys).sorted()
        where old.inputs[input] != new.inputs[input] {
            let words = input.split(separator: ":", maxSplits: 1).joined(separator: " ")
            let how =
                old.inputs[input] == nil
                ? "added" : new.inputs[input] == nil ? "removed" : "changed"
            moved.append("\(words) \(how)")
        }
        if old.result != new.result { moved.append("result of stage \(name) changed") }
        if old.replacesPublished != new.replacesPublished {
            moved.append("what stage \(name) replaces changed")
        }
        if moved.isEmpty && old.state != new.state {
            moved.append("stage \(name) was `\(old.state)` and is `\(new.state)`")
        }
        if moved.isEmpty && old.reasons != new.reasons {
            moved.append("the reasons of stage \(name) changed")
        }
        return moved
    }
}
