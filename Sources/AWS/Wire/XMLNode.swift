import Diagnostics
package import FoundationEssentials

/// One XML element.
package struct XMLNode: Sendable, Equatable {
    package var name: String
    package var attributes: [String: String] = [:]
    /// The character data of an element without children; empty for one that has any.
    package var text = ""
    package var children: [XMLNode] = []

    /// Makes an element with text.
    package init(_ name: String, text: String = "") {
        self.name = name
        self.text = text
    }

    /// Makes an element with children.
    package init(_ name: String, attributes: [String: String] = [:], _ children: [XMLNode]) {
        self.name = name
        self.attributes = attributes
        self.children = children
    }

    /// The first child of that name.
    package subscript(_ name: String) -> XMLNode? { children.first { $0.name == name } }

    /// The first child's text; nil where there is no such child.
    package func text(_ name: String) -> String? { self[name]?.text }

    /// A child's text that must be there.
    ///
    /// - Throws: `aws.wire` naming it.
    package func required(_ name: String) throws -> String {
        guard let child = self[name] else { throw Self.missing(name, in: self.name) }
        return child.text
    }

    /// A child that must be there.
    ///
    /// - Throws: `aws.wire` naming it.
    package func child(_ name: String) throws -> XMLNode {
        guard let child = self[name] else { throw Self.missing(name, in: self.name) }
        return child
    }

    /// The entries of a list that is wrapped in an element of its own: its `<item>`s (ec2Query) or
    /// `<member>`s (awsQuery); none where the list is not there.
    package func items(_ list: String) -> [XMLNode] { self[list]?.children ?? [] }

    /// The entries of a list that is not wrapped: every child of that name.
    package func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// A whole number; nil where there is no such child.
    ///
    /// - Throws: `aws.wire` where it is none.
    package func integer(_ name: String) throws -> Int64? {
        guard let text = text(name), !text.isEmpty else { return nil }
        guard let number = Int64(text) else { throw unreadable(name, as: "a whole number") }
        return number
    }

    /// A truth value; nil where there is no such child.
    package func boolean(_ name: String) -> Bool? { text(name).map { $0.lowercased() == "true" } }

    /// A moment; nil where there is no such child.
    ///
    /// - Throws: `aws.wire` where it is none.
    package func date(_ name: String) throws -> Date? {
        guard let text = text(name), !text.isEmpty else { return nil }
        guard let date = Timestamp.date(text) else { throw unreadable(name, as: "a time") }
        return date
    }

    /// The element as a document.
    package var document: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + written
    }

    private var written: String {
        let names = attributes.keys.sorted()
        let head = names.reduce(into: name) { head, key in
            head += " \(key)=\"\(Self.escaped(attributes[key] ?? ""))\""
        }
        return "<\(head)>\(Self.escaped(text))\(children.map(\.written).joined())</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // A parser would make other white space of these.
            case "\r": escaped += "&#13;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func missing(_ name: String, in parent: String) -> Diagnostic {
        Diagnostic(
            code: "aws.wire", summary: "`\(name)` is missing in `\(parent)`",
            hint: "check that the endpoint is AWS or a faithful emulator of it")
    }

    private func unreadable(_ name: String, as kind: String) -> Diagnostic {
        Diagnostic(
            code: "aws.wire", summary: "`\(name)` in `\(self.name)` is not \(kind)",
            hint: "check that the endpoint is AWS or a faithful emulator of it")
    }
}
