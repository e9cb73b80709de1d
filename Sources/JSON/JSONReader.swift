package import Diagnostics
import OrderedCollections

/// One place of a parsed file, read strictly: whatever is not as it should be is an error that
/// names the place, what was found, what is allowed, and the nearest allowed name.
package struct JSONReader: Sendable {
    /// What lies there.
    package let value: JSONValue
    /// Where it lies.
    package let pointer: JSONPointer
    /// The file's name in errors.
    package let source: String

    /// Starts at the root of a value, or at the place that `pointer` says the value has.
    package init(_ value: JSONValue, source: String, pointer: JSONPointer = .root) {
        self.value = value
        self.source = source
        self.pointer = pointer
    }

    /// Starts at the root of a file.
    ///
    /// - Throws: what `JSONValue.parse(contentsOf:limits:)` throws.
    package init(contentsOf path: String, limits: JSONLimits = .standard) throws {
        self.init(try JSONValue.parse(contentsOf: path, limits: limits), source: path)
    }

    /// The place as a diagnostic's location: `file#/pointer`.
    package var location: String { "\(source)#\(pointer)" }

    /// A diagnostic about this place, severity `.configuration`.
    package func diagnostic(
        code: String, summary: String, causes: [String] = [], hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(
            code: code, severity: .configuration, summary: summary, location: location,
            causes: causes, hint: hint)
    }

    /// The object here, which may have these fields and no others.
    ///
    /// - Throws: `manifest.wrong-type`, `manifest.unknown-field`.
    package func object(allowing names: [String]) throws -> JSONObjectReader {
        guard case .object(let members) = value else { throw wrongType("an object") }
        let unknown = members.keys.filter { !names.contains($0) }
        if let first = unknown.first {
            let others = FewOfMany.lines(
                unknown.dropFirst().map { "also unknown here: `\($0.prefix(100))`" })
            throw JSONReader(value, source: source, pointer: pointer.appending(first)).diagnostic(
                code: "manifest.unknown-field", summary: "unknown field `\(first.prefix(100))`",
                causes: others,
                hint: NameSuggestion.hint(for: first, among: names))
        }
        return JSONObjectReader(reader: self, members: members)
    }

    /// The object here with fields of any name.
    ///
    /// - Throws: `manifest.wrong-type`.
    package func object() throws -> JSONObjectReader {
        guard case .object(let members) = value else { throw wrongType("an object") }
        return JSONObjectReader(reader: self, members: members)
    }

    /// The elements of the array here.
    ///
    /// - Parameter count: how many there may be.
    /// - Throws: `manifest.wrong-type`, `manifest.out-of-range` and what `read` throws.
    package func array<T>(
        count: ClosedRange<Int> = 0...Int.max, of read: (JSONReader) throws -> T
    ) throws -> [T] {
        guard case .array(let elements) = value else { throw wrongType("an array") }
        guard count.contains(elements.count) else {
            throw diagnostic(
                code: "manifest.out-of-range",
                summary: "the array has \(elements.count) elements",
                hint: "allowed: \(Self.text(count)) elements")
        }
        return try elements.enumerated().map { index, element in
            try read(JSONReader(element, source: source, pointer: pointer.appending(index)))
        }
    }

    /// A number range in words.
    static func text<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> String {
        switch (range.lowerBound == Number.min, range.upperBound == Number.max) {
        case (true, true): "any number of"
        case (true, false): "at most \(range.upperBound)"
        case (false, true): "at least \(range.lowerBound)"
        default: "\(range.lowerBound) to \(range.upperBound)"
        }
    }

    func wrongType(_ wanted: String) -> Diagnostic {
        diagnostic(
            code: "manifest.wrong-type",
            summary: "found \(value.kindWithArticle) where \(wanted) is needed",
            causes: value == .null ? [] : ["found \(value.excerpt)"],
            hint: value == .null ? "leave the field out, or write \(wanted)" : "write \(wanted)")
    }
}

/// The fields of one object.
package struct JSONObjectReader: Sendable {
    /// The object itself.
    package let reader: JSONReader
    private let members: OrderedMembers

    typealias OrderedMembers = OrderedDictionary<String, JSONValue>

    init(reader: JSONReader, members: OrderedMembers) {
        self.reader = reader
        self.members = members
    }

    /// The names of the fields, in the file's order.
    package var names: [String] { Array(members.keys) }

    /// A field that must be there.
    ///
    /// - Throws: `manifest.missing-field`.
    package func required(_ name: String) throws -> JSONReader {
        if let field = optional(name) { return field }
        throw reader.diagnostic(
            code: "manifest.missing-field", summary: "field `\(name)` is missing",
            causes: members.isEmpty
                ? ["the object is empty"]
                : [
                    "found only "
                        + FewOfMany.lines(names.map { "`\($0.prefix(100))`" })
                        .joined(separator: ", ")
                ],
            hint: "add `\"\(name)\": ...`")
    }

    /// A field that may be left out; `null` does not count as left out.
    package func optional(_ name: String) -> JSONReader? {
        members[name].map {
            JSONReader($0, source: reader.source, pointer: reader.pointer.appending(name))
        }
    }
}
