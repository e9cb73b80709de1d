import Diagnostics
import OrderedCollections

/// A place inside a JSON value, such as `/export/bucket`.
///
/// Source: RFC 6901, <https://www.rfc-editor.org/rfc/rfc6901>
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The unescaped names and indices from the root on.
    package let tokens: [String]

    /// The whole value.
    package static let root = JSONPointer(tokens: [])

    /// Makes a pointer of unescaped tokens.
    package init(tokens: [String]) { self.tokens = tokens }

    /// Reads the text form.
    ///
    /// - Throws: `json.bad-pointer`, severity `.configuration`.
    package init(parsing text: String) throws {
        guard text.isEmpty || text.hasPrefix("/") else {
            throw Self.malformed(text, hint: "begin it with `/`: `/\(text)`")
        }
        tokens = try text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            try Self.unescaped($0, in: text)
        }
    }

    /// The text form: empty for the root.
    package var description: String {
        tokens.map { token in
            var escaped = "/"
            for character in token.unicodeScalars {
                switch character {
                case "~": escaped += "~0"
                case "/": escaped += "~1"
                default: escaped.unicodeScalars.append(character)
                }
            }
            return escaped
        }.joined()
    }

    /// The place of a member or element of what this points at.
    package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }

    /// The place of an element of the array that this points at.
    package func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    private static func unescaped(_ token: Substring, in text: String) throws -> String {
        var plain = ""
        var isEscape = false
        for character in token.unicodeScalars {
            switch (isEscape, character) {
            case (false, "~"): isEscape = true
            case (false, _): plain.unicodeScalars.append(character)
            case (true, "0"), (true, "1"):
                plain += character == "0" ? "~" : "/"
                isEscape = false
            case (true, _): throw malformed(text, hint: "write `~` as `~0` and `/` as `~1`")
            }
        }
        if isEscape { throw malformed(text, hint: "write `~` as `~0`") }
        return plain
    }

    private static func malformed(_ text: String, hint: String) -> Diagnostic {
        Diagnostic(
            code: "json.bad-pointer", severity: .configuration,
            summary: "`\(text)` is no JSON Pointer", hint: hint)
    }

    /// The array index that a token stands for: digits without a leading zero.
    static func index(_ token: String) -> Int? {
        guard token.utf8.allSatisfy({ (48...57).contains($0) }),
            token == "0" || !token.hasPrefix("0")
        else { return nil }
        return Int(token)
    }
}

extension JSONValue {
    /// What lies at a place; nil where nothing does.
    package func at(_ pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let members):
                guard let member = members[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = JSONPointer.index(token), elements.indices.contains(index)
                else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// A copy with another value at a place.
    ///
    /// Objects that are missing on the way are made; in an array the index one behind the last,
    /// or `-`, appends.
    ///
    /// - Throws: `json.bad-pointer`, severity `.configuration`, where the way leads through a
    ///   text, number, boolean or null, or to an element that an array cannot have.
    package func setting(_ pointer: JSONPointer, to newValue: JSONValue) throws -> JSONValue {
        try setting(pointer.tokens[...], to: newValue, of: pointer)
    }

    private func setting(
        _ tokens: ArraySlice<String>, to newValue: JSONValue, of pointer: JSONPointer
    ) throws -> JSONValue {
        guard let token = tokens.first else { return newValue }
        let rest = tokens.dropFirst()
        switch self {
        case .object(var members):
            let old = members[token] ?? .object([:])
            members[token] = try old.setting(rest, to: newValue, of: pointer)
            return .object(members)
        case .array(var elements):
            let index = token == "-" ? elements.count : JSONPointer.index(token)
            guard let index, index <= elements.count else {
                throw unreachable(
                    pointer, "`\(token)` is no index of an array of \(elements.count) elements")
            }
            if index == elements.count { elements.append(.object([:])) }
            elements[index] = try elements[index].setting(rest, to: newValue, of: pointer)
            return .array(elements)
        default:
            throw unreachable(pointer, "there is no `\(token)` in \(kindWithArticle)")
        }
    }

    private func unreachable(_ pointer: JSONPointer, _ cause: String) -> Diagnostic {
        Diagnostic(
            code: "json.bad-pointer", severity: .configuration,
            summary: "cannot set `\(pointer)`", causes: [cause],
            hint: "name a place whose parent is an object or array")
    }
}
