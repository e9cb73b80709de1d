package import BuildGraph
package import JSON
import OrderedCollections

/// All releases of a matrix in one value: `summary.json` of the matrix.
package struct MatrixSummary: Sendable {
    /// Schema `dssbatch.matrix/1`.
    package static let schema = "dssbatch.matrix/1"
    /// The file's name in the matrix's own results.
    package static let fileName = "summary.json"

    /// Where a variant stands.
    package enum Status: String, Sendable, CaseIterable {
        case fresh
        case stale
        case failed
        case neverRan = "never ran"
    }

    /// What is recorded of one variant.
    package struct Entry: Sendable {
        /// Which one.
        package let assetId: String
        /// What a run of all of it would do.
        let plan: VariantPlan
        /// Its `release.json`; nil where there is none yet.
        let release: JSONValue?

        /// Says what is recorded of a variant.
        package init(assetId: String, plan: VariantPlan, release: JSONValue? = nil) {
            self.assetId = assetId
            self.plan = plan
            self.release = release
        }

        /// Where it stands.
        package var status: Status {
            guard case .planned(let plan, let world) = plan, !plan.isFresh else { return .fresh }
            if !failures(plan, world).isEmpty { return .failed }
            return world.results.isEmpty ? .neverRan : .stale
        }

        /// The first stage that is not fresh, with its first reason.
        package var firstReason: String? {
            guard let stage = plan.plan?.stages.first(where: { $0.state != .fresh }) else {
                return nil
            }
            return "\(stage.name): \(stage.reasons.first?.description ?? stage.state.rawValue)"
        }

        /// Stages that made what it does not ask for any more.
        package var superseded: [String] { plan.plan?.superseded.map(\.rawValue) ?? [] }

        /// The same, for people.
        package var supersededNotes: [String] { plan.plan?.supersededNotes ?? [] }

        private func failures(
            _ plan: Plan, _ world: RecordedWorld
        ) -> [(stage: StageName, error: RecordedError)] {
            plan.stages.compactMap { stage in
                guard stage.state != .fresh,
                    let record = world.results[stage.name]?.record, record.status == .failed,
                    let error = record.error, error.code != RecordedError.removedCode
                else { return nil }
                return (stage.name, error)
            }
        }

        /// The entry of the summary.
        package var json: JSONValue {
            var members: OrderedDictionary<String, JSONValue> = [
                "assetId": .string(assetId), "status": .string(status.rawValue),
            ]
            if case .planned(let plan, let world) = plan, !plan.isFresh {
                members["stages"] = .array(
                    plan.stages.filter { $0.state != .fresh }.map { stage in
                        [
                            "stage": .string(stage.name.rawValue),
                            "state": .string(stage.state.rawValue),
                            "reasons": .array(stage.reasons.map { .string($0.description) }),
                        ]
                    })
                members["errors"] = .array(
                    failures(plan, world).map { stage, error in
                        [
                            "stage": .string(stage.rawValue), "code": .string(error.code),
                            "message": .string(error.message),
                            "hint": error.hint.map { .string($0) } ?? nil,
                        ]
                    })
            }
            members["release"] = release ?? .null
            return .object(members)
        }
    }

    /// Every variant, in the manifest's order.
    package let entries: [Entry]

    /// How many variants have each status.
    package var counts: [(status: Status, count: Int)] {
        Status.allCases.map { status in (status, entries.count { $0.status == status }) }
    }

    /// The counts by the names of their statuses.
    package var countsJSON: JSONValue {
        JSONValue(members: counts.map { ($0.status.rawValue, .integer(Int64($0.count))) })
    }

    /// The document.
    package var json: JSONValue {
        [
            "schema": .string(Self.schema),
            "counts": countsJSON,
            "variants": .array(entries.map(\.json)),
        ]
    }
}
