package import JSON
import OrderedCollections

/// A graph as text, dot, Mermaid or JSON, with the states of a plan where there is one.
package struct GraphDrawing {
    private let graph: StageGraph
    private let plan: Plan?

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

    /// Graphviz's language.
    ///
    /// Source: <https://graphviz.org/doc/info/lang.html>
    package var dot: String {
        var text = "digraph stages {\n  rankdir=LR;\n"
        text += "  node [shape=box, style=\"rounded,filled\", fillcolor=white];\n"
        for stage in graph.stages {
            var label = Self.dotEscaped(stage.name.rawValue)
            var attributes = ""
            if let state = state(of: stage) {
                label += "\\n\(state.rawValue)"
                attributes += ", fillcolor=\"\(Self.color(state))\""
            }
            if stage.isEphemeral { attributes += ", style=\"rounded,filled,dashed\"" }
            text += "  \(Self.dotQuoted(stage.name)) [label=\"\(label)\"\(attributes)];\n"
        }
        for (stage, upstream) in edges {
            text += "  \(Self.dotQuoted(upstream)) -> \(Self.dotQuoted(stage));\n"
        }
        return text + "}\n"
    }

    /// Mermaid's flow chart; ids are numbers, because names may hold words that it reserves.
    ///
    /// Source: <https://mermaid.js.org/syntax/flowchart.html>
    package var mermaid: String {
        var text = "flowchart LR\n"
        for (number, stage) in graph.stages.enumerated() {
            let state = state(of: stage)
            let label =
                Self.mermaidEscaped(stage.name.rawValue)
                + (state.map { "<br/>\($0.rawValue)" } ?? "")
            text +=
                stage.isEphemeral ? "  s\(number)([\"\(label)\"])" : "  s\(number)[\"\(label)\"]"
            text += (state.map { ":::\($0.rawValue)" } ?? "") + "\n"
        }
        for (stage, upstream) in edges {
            guard let from = graph.number(of: upstream), let to = graph.number(of: stage) else {
                continue
            }
            text += "  s\(from) --> s\(to)\n"
        }
        if plan != nil {
            for state in StageState.allCases {
                text += "  classDef \(state.rawValue) fill:\(Self.color(state)),stroke:#333\n"
            }
        }
        return text
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

    private var edges: [(stage: StageName, upstream: StageName)] {
        graph.stages.flatMap { stage in stage.upstream.map { (stage.name, $0) } }
    }

    private func planned(_ stage: AnyStage) -> PlannedStage? {
        guard let plan, let number = graph.number(of: stage.name), plan.isListed[number] else {
            return nil
        }
        return plan.all[number]
    }

    private func state(of stage: AnyStage) -> StageState? { planned(stage)?.state }

    private static func color(_ state: StageState) -> String {
        switch state {
        case .fresh: "#c8e6c9"
        case .run: "#ffcc80"
        case .maybe: "#fff59d"
        case .blocked: "#ef9a9a"
        }
    }

    private static func dotQuoted(_ name: StageName) -> String {
        "\"\(dotEscaped(name.rawValue))\""
    }

    private static func dotEscaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if character == "\"" || character == "\\" { escaped += "\\" }
            escaped.append(character)
        }
    }

    private static func mermaidEscaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\"": escaped += "#quot;"
            case "#": escaped += "#35;"
            case "<": escaped += "#lt;"
            case ">": escaped += "#gt;"
            default: escaped.append(character)
            }
        }
    }
}
