import Diagnostics

extension GraphDrawing {
    private static let letterWidth = 7.9
    private static let legendRow = 26.0

    /// A drawing by itself, which follows the reader's choice of light or dark.
    ///
    /// Source: <https://www.w3.org/TR/SVG2/>
    package var svg: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + drawn(style: "<style>\n\(Self.styleSheet)</style>\n")
    }

    /// The same within a page that has `styleSheet` already.
    package var inlineSVG: String { drawn(style: "") }

    /// What the drawing looks like, in light and dark.
    package static var styleSheet: String {
        func fills(_ indent: String, _ color: (StageState) -> String) -> String {
            StageState.allCases.map {
                "\(indent).graph .\($0.rawValue) rect { fill: \(color($0)); }\n"
            }.joined()
        }
        return """
            .graph { background: #ffffff; font: 13px ui-monospace, monospace; }
            .graph rect { fill: #ffffff; stroke: #4a525b; stroke-width: 1.2; }
            .graph text { fill: #15181c; }
            .graph path { fill: none; stroke: #4a525b; stroke-width: 1.2; }
            .graph marker path { fill: #4a525b; }
            .graph .ephemeral rect { stroke-dasharray: 5 3; }

            """ + fills("", \.fillColor) + """
                @media (prefers-color-scheme: dark) {
                  .graph { background: #15181c; }
                  .graph rect { fill: #262b31; stroke: #b6bfc8; }
                  .graph text { fill: #ffffff; }
                  .graph path { stroke: #b6bfc8; }
                  .graph marker path { fill: #b6bfc8; }

                """ + fills("  ", \.darkFillColor) + "}\n"
    }

    private func drawn(style: String) -> String {
        let longest = graph.names.map { ShownText.line($0.rawValue).count }.max() ?? 0
        let boxWidth = Double(max(longest, 9)) * Self.letterWidth + 24
        let edges = edges
        let layout = GraphLayout(count: graph.stages.count, edges: edges, boxWidth: boxWidth)
        let entries = GraphLegend(self).entries
        let legendWidth = (entries.map { Double($0.text.count) }.max() ?? 0) * Self.letterWidth + 52
        let width = Self.text(max(layout.width, legendWidth))
        let height = Self.text(
            layout.height + Double(entries.count) * Self.legendRow + (entries.isEmpty ? 0 : 12))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" \
            aria-labelledby="graph-title graph-desc" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)">
            <title id="graph-title">Stages and what each needs</title>
            <desc id="graph-desc">\(description)</desc>
            \(style)<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" \
            markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>

            """ + layout.ways.map(Self.path).joined()
                + zip(graph.stages, layout.corners).map { box($0, at: $1, boxWidth) }.joined()
                + legend(entries, top: layout.height) + "</svg>\n"
    }

    /// The same in words, for who hears it.
    private var description: String {
        ShownText.markup(
            graph.stages.map { stage in
                let state = state(of: stage).map { " (\($0.rawValue))" } ?? ""
                let needs = stage.upstream.map(\.rawValue).joined(separator: ", ")
                return stage.name.rawValue + state + (needs.isEmpty ? "" : " needs \(needs)")
            }.joined(separator: "; "))
    }

    private func box(
        _ stage: AnyStage, at corner: GraphLayout.Point, _ width: Double
    ) -> String {
        let (planned, middle) = (planned(stage), Self.text(corner.x + width / 2))
        let word = planned?.state.rawValue ?? ""
        let classes = [word, stage.isEphemeral ? "ephemeral" : ""].filter { !$0.isEmpty }
        let reasons = planned?.reasons.map(\.description).joined(separator: "; ") ?? ""
        let told = [stage.name.rawValue, word, reasons].filter { !$0.isEmpty }
        let nameY = Self.text(corner.y + (word.isEmpty ? 28 : 20))
        var text = "<g class=\"\(classes.joined(separator: " "))\">"
        text += "<title>\(ShownText.markup(told.joined(separator: ": ")))</title>"
        text += Self.rectangle(corner, width: width, height: GraphLayout.boxHeight)
        text += "<text x=\"\(middle)\" y=\"\(nameY)\" text-anchor=\"middle\">"
        text += "\(ShownText.markup(stage.name.rawValue))</text>"
        if !word.isEmpty {
            text += "<text x=\"\(middle)\" y=\"\(Self.text(corner.y + 37))\" "
            text += "text-anchor=\"middle\">\(word)</text>"
        }
        return text + "</g>\n"
    }

    private func legend(_ entries: [GraphLegend.Entry], top: Double) -> String {
        entries.enumerated().map { number, entry in
            let y = top + Double(number) * Self.legendRow
            let shown = entry.state?.rawValue ?? (entry.isEphemeral ? "ephemeral" : "")
            return "<g class=\"\(shown)\">"
                + Self.rectangle(GraphLayout.Point(x: 12, y: y), width: 28, height: 18)
                + "<text x=\"48\" y=\"\(Self.text(y + 14))\">\(entry.text)</text></g>\n"
        }.joined()
    }

    private static func rectangle(
        _ corner: GraphLayout.Point, width: Double, height: Double
    ) -> String {
        "<rect x=\"\(text(corner.x))\" y=\"\(text(corner.y))\" width=\"\(text(width))\" "
            + "height=\"\(text(height))\" rx=\"6\"/>"
    }

    /// Curves between the columns, straight lines through them.
    private static func path(_ way: [GraphLayout.Point]) -> String {
        guard let first = way.first else { return "" }
        var data = "M\(text(first.x)) \(text(first.y))"
        for (from, to) in zip(way, way.dropFirst()) {
            if from.y == to.y {
                data += "H\(text(to.x))"
            } else {
                let middle = text((from.x + to.x) / 2)
                data += "C\(middle) \(text(from.y)) \(middle) \(text(to.y))"
                data += " \(text(to.x)) \(text(to.y))"
            }
        }
        return "<path d=\"\(data)\" marker-end=\"url(#arrow)\"/>\n"
    }

    /// Tenths of a pixel are more than anybody sees.
    private static func text(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
    }
}
