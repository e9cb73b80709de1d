@_spi(_Unicode) import Swift

/// Paths as texts: what is recorded, shown and compared of names, which are bytes to the system.
///
/// Two names have equal texts only where they have equal bytes, though Swift takes `é` in one
/// scalar and in two for equal, and though a name need not be UTF-8. A name stands as it is where
/// it is UTF-8 in normal form C without a backslash. In any other each byte that is not ASCII is
/// `\xNN`, as `systemd-escape` and `ls --escape` write bytes, and a backslash is `\\`.
enum PathText {
    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")
    private static let digits = Array("0123456789abcdef".utf8)

    /// The text of a path.
    static func of(_ bytes: some Collection<UInt8>) -> String {
        if isPlainASCII(bytes) { return String(decoding: bytes, as: UTF8.self) }
        return bytes.split(separator: slash, omittingEmptySubsequences: false)
            .map { ofName($0) }.joined(separator: "/")
    }

    /// What the texts of all files in a folder begin with: nothing where it is the project's own.
    static func beginning(of folder: String) -> String {
        let name = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        return name == "." ? "" : of(name.utf8) + "/"
    }

    /// The text of a path that somebody wrote or an older program recorded: as it is where it is
    /// one already.
    static func normalized(_ text: String) -> String {
        if isPlainASCII(text.utf8) { return text }
        return bytes(text).map { of($0) } == text ? text : of(text.utf8)
    }

    /// The bytes that a text stands for; nil where it is no text of a path.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == backslash else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case backslash: bytes.append(backslash)
            case UInt8(ascii: "x"):
                guard let high = rest.popFirst().flatMap(digits.firstIndex),
                    let low = rest.popFirst().flatMap(digits.firstIndex)
                else { return nil }
                bytes.append(UInt8(high * 16 + low))
            default: return nil
            }
        }
        return bytes
    }

    private static func isPlainASCII(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.allSatisfy { $0 < 0x80 && $0 != backslash }
    }

    private static func ofName(_ name: some Collection<UInt8>) -> String {
        if let text = String(validating: name, as: UTF8.self), isPlain(text) { return text }
        return name.reduce(into: "") { text, byte in
            switch byte {
            case backslash: text += "\\\\"
            case 0x80...:
                text += "\\x"
                text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte >> 4)]))
                text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte & 15)]))
            default: text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        // What begins with a combining mark would be one character with the slash before it.
        !name.utf8.contains(backslash) && name._nfc.elementsEqual(name.unicodeScalars)
            && "/\(name)".count == name.count + 1
    }
}
