import Diagnostics
import OrderedCollections

extension JSONReader {
    /// The text here.
    ///
    /// - Throws: `manifest.wrong-type`.
    package func string() throws -> String {
        guard case .string(let text) = value else { throw wrongType("a string") }
        return text
    }

    /// The text here, which must have a form.
    ///
    /// - Parameters:
    ///   - allowed: the form in words, such as `1 to 64 letters and digits`.
    ///   - accepts: whether a text has it.
    /// - Throws: `manifest.wrong-type`, `manifest.unknown-value`.
    package func string(allowed: String, where accepts: (String) -> Bool) throws -> String {
        let text = try string()
        guard accepts(text) else {
            throw diagnostic(
                code: "manifest.unknown-value", summary: "`\(text)` is not allowed here",
                hint: "allowed: \(allowed)")
        }
        return text
    }

    /// The text here, which must not be empty.
    ///
    /// - Throws: `manifest.wrong-type`, `manifest.unknown-value`.
    package func nonEmptyString() throws -> String {
        let text = try string()
        guard !text.isEmpty else {
            throw diagnostic(
                code: "manifest.unknown-value", summary: "the text is empty",
                hint: "write a text, or leave the field out where it is optional")
        }
        return text
    }

    /// The whole number here; `1.0` counts as one.
    ///
    /// - Parameter range: what is allowed.
    /// - Throws: `manifest.wrong-type`, `manifest.out-of-range`.
    package func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int {
        guard let number = value.integerValue else { throw wrongType("a whole number") }
        guard range.contains(Int(number)) else {
            throw diagnostic(
                code: "manifest.out-of-range", summary: "\(number) is out of range",
                hint: "allowed: \(Self.text(range))")
        }
        return Int(number)
    }

    /// The number here, whole or not.
    ///
    /// - Parameter range: what is allowed.
    /// - Throws: `manifest.wrong-type`, `manifest.out-of-range`.
    package func number(
        in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws -> Double {
        guard let number = value.doubleValue else { throw wrongType("a number") }
        guard range.contains(number) else {
            throw diagnostic(
                code: "manifest.out-of-range", summary: "\(value.excerpt) is out of range",
                hint: "allowed: \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The boolean here.
    ///
    /// - Throws: `manifest.wrong-type`.
    package func bool() throws -> Bool {
        guard case .bool(let flag) = value else { throw wrongType("`true` or `false`") }
        return flag
    }

    /// The text here, which must be one of these.
    ///
    /// - Throws: `manifest.wrong-type`, `manifest.unknown-value`.
    package func oneOf(_ names: [String]) throws -> String {
        let text = try string()
        guard names.contains(text) else {
            throw diagnostic(
                code: "manifest.unknown-value", summary: "`\(text)` is not allowed here",
                hint: NameSuggestion.hint(for: text, among: names))
        }
        return text
    }

    /// The case of an enumeration whose raw value stands here.
    ///
    /// - Throws: `manifest.wrong-type`, `manifest.unknown-value`.
    package func oneOf<Choice: CaseIterable & RawRepresentable>(
        _ type: Choice.Type
    ) throws -> Choice where Choice.RawValue == String {
        let name = try oneOf(Choice.allCases.map(\.rawValue))
        guard let choice = Choice(rawValue: name) else { throw wrongType("a string") }
        return choice
    }

    /// The object here whose fields are all texts.
    ///
    /// - Throws: `manifest.wrong-type`.
    package func stringMap() throws -> [String: String] {
        let object = try object()
        var texts: [String: String] = [:]
        for name in object.names { texts[name] = try object.required(name).string() }
        return texts
    }
}
