extension GraphDrawing {
    /// Graphviz's language.
    ///
    /// Source: <https://graphviz.org/doc/info/lang.html>
    package var dot: String {
        var text = "digraph stages {\n  rankdir=LR;\n"
        text += "  node [shape=box, style=\"rounded,filled\", fillcolor=white];\n"
        for stage in graph.stages {
            let state = state(of: stage)
            let label =
                Self.escaped(stage.name.rawValue) + (state.map { "\\n\($0.rawValue)" } ?? "")
            text += "  \(Self.quoted(stage.name.rawValue)) [label=\"\(label)\""
            text += Self.attributes(state, isEphemeral: stage.isEphemeral) + "];\n"
        }
        for (from, to) in edges {
            text += "  \(quotedName(from)) -> \(quotedName(to));\n"
        }
        return text + legend + "}\n"
    }

    private var legend: String {
        let entries = GraphLegend(self).entries
        guard !entries.isEmpty else { return "" }
        let nodes = entries.enumerated().map { number, entry in
            "    \"legend \(number)\" [label=\"\(entry.text)\""
                + Self.attributes(entry.state, isEphemeral: entry.isEphemeral) + "];\n"
        }
        return "  subgraph cluster_legend {\n    label=\"Legend\";\n\(nodes.joined())  }\n"
    }

    private func quotedName(_ number: Int) -> String {
        Self.quoted(graph.stages[number].name.rawValue)
    }

    private static func attributes(_ state: StageState?, isEphemeral: Bool) -> String {
        (state.map { ", fillcolor=\"\($0.fillColor)\"" } ?? "")
            + (isEphemeral ? ", style=\"rounded,filled,dashed\"" : "")
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if character == "\"" || character == "\\" { escaped += "\\" }
            escaped.append(character)
        }
    }
}
