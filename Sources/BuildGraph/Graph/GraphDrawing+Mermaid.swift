extension GraphDrawing {
    /// Mermaid's flow chart; ids are numbers, because names may hold words that it reserves.
    ///
    /// Source: <https://mermaid.js.org/syntax/flowchart.html>
    package var mermaid: String {
        var text = "flowchart LR\n"
        for (number, stage) in graph.stages.enumerated() {
            let state = state(of: stage)
            let label =
                Self.escaped(stage.name.rawValue) + (state.map { "<br/>\($0.rawValue)" } ?? "")
            text += Self.node("s\(number)", label, state, isEphemeral: stage.isEphemeral)
        }
        for (from, to) in edges { text += "  s\(from) --> s\(to)\n" }
        text += legend
        if plan != nil {
            for state in StageState.allCases {
                text += "  classDef \(state.rawValue) fill:\(state.fillColor),stroke:#333"
                text += ",color:#111\n"
            }
        }
        return text
    }

    private var legend: String {
        let entries = GraphLegend(self).entries
        guard !entries.isEmpty else { return "" }
        let nodes = entries.enumerated().map { number, entry in
            Self.node(
                "k\(number)", Self.escaped(entry.text), entry.state,
                isEphemeral: entry.isEphemeral)
        }
        return "  subgraph legend [\"Legend\"]\n\(nodes.joined())  end\n"
    }

    private static func node(
        _ id: String, _ label: String, _ state: StageState?, isEphemeral: Bool
    ) -> String {
        "  \(id)" + (isEphemeral ? "([\"\(label)\"])" : "[\"\(label)\"]")
            + (state.map { ":::\($0.rawValue)" } ?? "") + "\n"
    }

    private static func escaped(_ text: String) -> String {
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
