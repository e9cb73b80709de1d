package import Diagnostics

extension JSONValue {
    /// Reads a value through `Decodable`.
    ///
    /// - Throws: `Diagnostic` with code `json.wrong-type` or `json.missing-field`, whose location
    ///   is the JSON Pointer inside this value.
    package func decoded<T: Decodable>(as type: T.Type) throws -> T {
        try JSONValueDecoder.decode(type, from: self)
    }

    /// Writes a value through `Encodable`.
    package static func encoding<T: Encodable>(_ value: T) throws -> JSONValue {
        try JSONValueEncoder.encode(value)
    }
}
