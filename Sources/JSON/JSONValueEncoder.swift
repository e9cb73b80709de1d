import Diagnostics

/// Writes `Encodable` types as a `JSONValue`; dates become RFC 3339 as `Timestamp` writes them.
package enum JSONValueEncoder {
    /// Writes a value.
    ///
    /// - Throws: `json.not-encodable`, whose location is the JSON Pointer inside the value, where
    ///   a number is not finite or beyond 64 bits.
    package static func encode<T: Encodable>(_ value: T) throws -> JSONValue {
        do {
            return try EncodingNode.encoded(value, at: [])
        } catch let error as EncodingError {
            guard case .invalidValue(_, let context) = error else { throw Diagnostic.from(error) }
            throw Diagnostic(
                code: "json.not-encodable", summary: context.debugDescription,
                location: "#"
                    + JSONPointer(tokens: context.codingPath.map(\.pointerToken)).description,
                hint: "please report this with the command that you ran")
        }
    }
}
