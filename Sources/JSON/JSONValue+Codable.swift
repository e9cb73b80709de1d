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

extension JSONValue: Codable {
    /// Stands as it is within a type that `JSONValueDecoder` reads; no other decoder will do.
    package init(from decoder: any Decoder) throws {
        guard let node = decoder as? DecodingNode else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a JSON value is read by `JSONValueDecoder` only"))
        }
        self = node.value
    }

    /// Stands as it is within a type that `JSONValueEncoder` writes; no other encoder will do.
    package func encode(to encoder: any Encoder) throws {
        guard let node = encoder as? EncodingNode else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "a JSON value is written by `JSONValueEncoder` only"))
        }
        try node.encode(self)
    }
}
