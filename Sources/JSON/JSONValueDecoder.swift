import Diagnostics

/// Reads `Decodable` types out of a `JSONValue`; dates are RFC 3339 as `Timestamp` writes them.
package enum JSONValueDecoder {
    /// Reads a value.
    ///
    /// - Throws: `json.wrong-type`, `json.missing-field` or `json.invalid-value`, whose location
    ///   is the JSON Pointer inside the value; diagnostics of the type's own pass unchanged.
    package static func decode<T: Decodable>(_ type: T.Type, from value: JSONValue) throws -> T {
        do {
            return try DecodingNode(value: value, codingPath: []).decode(type)
        } catch let error as DecodingError {
            throw diagnostic(error)
        }
    }

    private static func diagnostic(_ error: DecodingError) -> Diagnostic {
        switch error {
        case .keyNotFound(let key, let context):
            make(
                "json.missing-field", "field `\(key.stringValue)` is missing", context,
                hint: "this was written by another version, or changed by hand")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            make(
                "json.wrong-type", context.debugDescription, context,
                hint: "this was written by another version, or changed by hand")
        case .dataCorrupted(let context):
            make(
                "json.invalid-value", context.debugDescription, context,
                hint: "this was written by another version, or changed by hand")
        @unknown default: Diagnostic.from(error)
        }
    }

    private static func make(
        _ code: String, _ summary: String, _ context: DecodingError.Context, hint: String
    ) -> Diagnostic {
        Diagnostic(
            code: code, summary: summary,
            location: "#" + JSONPointer(tokens: context.codingPath.map(\.pointerToken)).description,
            hint: hint)
    }
}

extension CodingKey {
    /// The key as it stands in a JSON Pointer.
    var pointerToken: String { intValue.map { String($0) } ?? stringValue }
}

/// An element's place in an array.
struct IndexKey: CodingKey {
    let index: Int
    var stringValue: String { String(index) }
    var intValue: Int? { index }
    init(_ index: Int) { self.index = index }
    init?(intValue: Int) { index = intValue }
    init?(stringValue: String) { nil }
}
