/// RFC 3986 percent encoding of UTF-8 bytes.
package enum PercentEncoding {
    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    /// Encodes everything but unreserved characters.
    ///
    /// - Parameters:
    ///   - text: what to encode.
    ///   - keepsSlash: whether `/` stays, as in a path.
    ///   - keepsColon: whether `:` stays, as package addresses write it.
    package static func encode(
        _ text: String, keepsSlash: Bool = false, keepsColon: Bool = false
    ) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            let isKept =
                isUnreserved(byte) || (keepsSlash && byte == UInt8(ascii: "/"))
                || (keepsColon && byte == UInt8(ascii: ":"))
            if isKept {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(hexDigits[Int(byte >> 4)])
                encoded.append(hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Fields as a query or a form carries them: `name=value&name=value`.
    ///
    /// - Parameter fields: encoded both; a nil value leaves the bare name.
    package static func query(_ fields: [(name: String, value: String?)]) -> String {
        fields.map { field in
            let name = encode(field.name)
            return field.value.map { "\(name)=\(encode($0))" } ?? name
        }.joined(separator: "&")
    }

    /// Decodes; nil where a `%` has no two hexadecimal digits behind it, or the bytes are no UTF-8.
    package static func decode(_ text: String) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.utf8.count)
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue),
                let low = rest.popFirst().flatMap(hexValue)
            else { return nil }
            decoded.append(high << 4 | low)
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
