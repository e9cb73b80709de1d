import Diagnostics

/// A piece of a page: what comes from outside gets in as text alone, which is escaped.
struct HTML {
    /// The same as markup.
    let markup: String

    private init(markup: String) { self.markup = markup }

    /// A text that stays a text.
    static func text(_ text: String) -> HTML { HTML(markup: ShownText.markup(text)) }

    /// Markup that the program itself wrote and escaped, such as a drawing.
    static func drawing(_ markup: String) -> HTML { HTML(markup: markup) }

    /// An element with its end; values of attributes are escaped.
    static func element(
        _ name: String, _ attributes: [(String, String)] = [], _ children: [HTML]
    ) -> HTML {
        HTML(
            markup: open(name, attributes) + children.map(\.markup).joined() + "</\(name)>")
    }

    /// An element that holds a text alone.
    static func element(
        _ name: String, _ attributes: [(String, String)] = [], text: String
    ) -> HTML {
        element(name, attributes, [.text(text)])
    }

    /// An element that has no end, such as `meta`.
    static func void(_ name: String, _ attributes: [(String, String)]) -> HTML {
        HTML(markup: open(name, attributes))
    }

    /// A script or style sheet of the program's own, which is not escaped.
    static func raw(_ name: String, _ text: String) -> HTML {
        HTML(markup: "<\(name)>\(text)</\(name)>")
    }

    /// Pieces one after the other, a line each.
    static func lines(_ pieces: [HTML]) -> HTML {
        HTML(markup: pieces.map(\.markup).joined(separator: "\n"))
    }

    private static func open(_ name: String, _ attributes: [(String, String)]) -> String {
        "<\(name)" + attributes.map { " \($0)=\"\(ShownText.markup($1))\"" }.joined() + ">"
    }
}

extension HTML {
    /// A table that scrolls by itself where it is wider than the screen; the first cell of each
    /// row is its header.
    ///
    /// - Parameters:
    ///   - id: the table's own on its page.
    static func table(
        _ id: String, caption: String, _ columns: [String], _ rows: [[HTML]]
    ) -> HTML {
        let head = element(
            "tr", [], columns.map { element("th", [("scope", "col")], text: $0) })
        let body = rows.map { cells in
            element(
                "tr", [],
                cells.enumerated().map { place, cell in
                    place == 0
                        ? element("th", [("scope", "row")], [cell]) : element("td", [], [cell])
                })
        }
        let table = element(
            "table", [],
            [
                element("caption", [("id", id)], text: caption), element("thead", [], [head]),
                element("tbody", [], [lines(body)]),
            ])
        return wide(labelledBy: id, table)
    }

    /// What may be wider than the screen: a region that the keyboard can scroll.
    static func wide(labelledBy id: String, _ piece: HTML) -> HTML {
        element(
            "div",
            [("class", "wide"), ("role", "region"), ("aria-labelledby", id), ("tabindex", "0")],
            [piece])
    }

    /// A part of the page with its heading.
    static func section(_ id: String, _ title: String, _ pieces: [HTML]) -> HTML {
        element(
            "section", [("id", id)], [lines([element("h2", text: title)] + pieces)])
    }

    /// A text to be copied, with a button that only a script shows.
    ///
    /// - Parameter what: what it is, for who hears the button.
    static func copied(_ text: String, _ what: String) -> HTML {
        let words: [(String, String)] = [
            ("type", "button"), ("hidden", ""), ("data-copy", text), ("aria-label", "Copy \(what)"),
        ]
        return lines([element("code", [], text: text), element("button", words, text: "Copy")])
    }

    /// An address as a link, where it is one of the web; anything else stays a text.
    static func link(_ text: String) -> HTML {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return .text(text) }
        return element("a", [("href", text), ("rel", "noreferrer")], text: text)
    }
}
