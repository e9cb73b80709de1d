package import JSON
import OrderedCollections

/// A graph as text, dot, Mermaid, SVG or JSON, with the states of a plan where there is one.
///
/// Text and JSON name all that a stage needs; what is drawn leaves out what follows from the rest.
package struct GraphDrawing {
    let graph: StageGraph
    let plan: Plan?

    /// Draws a graph.
    ///
    /// - Parameters:
    ///   - graph: which one.
    ///   - plan: whose states are shown; nil for the bare graph.
    package init(_ graph: StageGraph, plan: Plan? = nil) {
        self.graph = graph
        self.plan = plan
    }

    /// One line a stage, in topological order: name, state, kind and what it needs.
    package var text: String {
        let width = graph.names.map(\.rawValue.count).max() ?? 0
        return graph.stages.map { stage in
            let name = stage.name.rawValue
            var line = name + String(repeating: " ", count: width - name.count)
            if let state = state(of: stage) {
                line += "  " + state.rawValue
                line += String(repeating: " ", count: 7 - state.rawValue.count)
            }
            line += "  " + stage.lifetime.rawValue
            if !stage.upstream.isEmpty {
                line += stage.isEphemeral ? "  <- " : "    <- "
                line += stage.upstream.map(\.rawValue).joined(separator: ", ")
            }
            return line + "\n"
        }.joined()
    }

    /// Nodes with what the plan says of them, and edges from a stage to those behind it.
    package var json: JSONValue {
        [
            "stages": .array(
                graph.stages.map { stage in
                    var members: OrderedDictionary<String, JSONValue> = [
                        "stage": .string(stage.name.rawValue), "group": .string(stage.group),
                        "kind": .string(stage.lifetime.rawValue),
                        "upstream": .array(stage.upstream.map { .string($0.rawValue) }),
                    ]
                    if let planned = planned(stage) {
                        members["state"] = .string(planned.state.rawValue)
                        members["reasons"] = .array(
                            planned.reasons.map { .string($0.description) })
                    }
                    return .object(members)
                })
        ]
    }

    /// The edges that are drawn: those that follow from others are left out.
    var edges: [(from: Int, to: Int)] {
        GraphReduction.reduced(graph.upstream).enumerated().flatMap { number, needed in
            needed.map { ($0, number) }
        }
    }

    func planned(_ stage: AnyStage) -> PlannedStage? {
        guard let plan, let number = graph.number(of: stage.name), plan.isListed[number] else {
            return nil
        }
        return plan.all[number]
    }

    func state(of stage: AnyStage) -> StageState? { planned(stage)?.state }
}
