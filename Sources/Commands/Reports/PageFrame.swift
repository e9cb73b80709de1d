import BuildGraph

/// What every page has around its sections: landmarks, style, script, and a policy that lets
/// nothing else run and nothing be loaded.
enum PageFrame {
    /// A page's whole text.
    ///
    /// - Parameters:
    ///   - mark: how all of it stands, in a word; nil for none.
    ///   - source: where what it shows is recorded.
    static func text(
        title: String, summary: String, mark: String?, notes: [String],
        sections: [(id: String, title: String, pieces: [HTML])], source: String
    ) -> String {
        let head: [HTML] = [
            .void("meta", [("charset", "utf-8")]),
            .void(
                "meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
            .void("meta", [("name", "color-scheme"), ("content", "light dark")]),
            .void("meta", [("http-equiv", "Content-Security-Policy"), ("content", policy)]),
            .element("title", text: title), .raw("style", style),
        ]
        let summaryLine = HTML.element(
            "p", [("class", "summary")],
            (mark.map { [.element("span", [("class", "mark \($0)")], text: $0), .text(" ")] } ?? [])
                + [.text(summary)])
        let contents = HTML.element(
            "nav", [("aria-label", "Sections")],
            [
                .element(
                    "ul", [],
                    sections.map { section in
                        .element(
                            "li", [],
                            [.element("a", [("href", "#\(section.id)")], text: section.title)])
                    })
            ])
        let header = HTML.element(
            "header", [],
            [.element("h1", text: title), summaryLine]
                + notes.map { .element("p", [("class", "note")], text: $0) } + [contents])
        let main = HTML.element(
            "main", [("id", "main")],
            [.lines(sections.map { .section($0.id, $0.title, $0.pieces) })])
        let body: [HTML] = [
            .element("a", [("class", "skip"), ("href", "#main")], text: "Skip to the report"),
            header, main,
            .element(
                "footer", [],
                [
                    .element(
                        "p", text: "Drawn up by \(Version.tool) from what is recorded in \(source)")
                ]),
            .element("p", [("id", "copied"), ("role", "status"), ("class", "unseen")], text: ""),
            .raw("script", script),
        ]
        let page = HTML.element(
            "html", [("lang", "en")],
            [.element("head", [], [.lines(head)]), .element("body", [], [.lines(body)])])
        return "<!DOCTYPE html>\n\(page.markup)\n"
    }

    private static var style: String {
        String(decoding: PackageResources.report_css, as: UTF8.self) + GraphDrawing.styleSheet
    }

    private static var script: String {
        String(decoding: PackageResources.report_js, as: UTF8.self)
    }

    /// Lets run and apply what has just these digests.
    ///
    /// Source: <https://www.w3.org/TR/CSP3/#match-element-to-source-list>
    private static var policy: String {
        [
            "default-src 'none'", "style-src '\(Digest.integrity(of: style))'",
            "script-src '\(Digest.integrity(of: script))'", "base-uri 'none'",
            "form-action 'none'",
        ].joined(separator: "; ")
    }
}
