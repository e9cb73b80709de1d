/// Reads a text from the front, byte by byte, by classes of ASCII.
///
/// For the forms of what every start reads: a regular expression is compiled anew at each use,
/// which takes longer than all the rest of reading a manifest.
package struct TextScanner {
    private var rest: Substring.UTF8View

    /// Starts at the front of a text.
    package init(_ text: some StringProtocol) { rest = Substring(text).utf8 }

    /// Whether nothing is left.
    package var isAtEnd: Bool { rest.isEmpty }

    /// Takes a character where it comes next.
    ///
    /// - Parameter character: of ASCII.
    /// - Returns: whether it did.
    package mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Takes all that comes next and is of a class.
    ///
    /// - Returns: the bytes that were taken.
    package mutating func take(while isMember: (UInt8) -> Bool) -> Substring.UTF8View {
        let taken = rest.prefix(while: isMember)
        rest = rest[taken.endIndex...]
        return taken
    }

    /// Takes all that comes next and is of a class.
    ///
    /// - Returns: how many bytes were taken.
    package mutating func count(while isMember: (UInt8) -> Bool) -> Int {
        take(while: isMember).count
    }

    /// Whether all that is left is of a class, and so long.
    package func isAll(_ counts: ClosedRange<Int>, _ isMember: (UInt8) -> Bool) -> Bool {
        counts.contains(rest.count) && rest.allSatisfy(isMember)
    }
}

extension UInt8 {
    /// `0` to `9`.
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// `a` to `z`.
    package var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    /// `a` to `z` and `A` to `Z`.
    package var isLetter: Bool {
        isLowerLetter || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
    /// `a` to `z` and `0` to `9`.
    package var isLowerOrDigit: Bool { isLowerLetter || isDigit }
    /// Letters and digits.
    package var isLetterOrDigit: Bool { isLetter || isDigit }
    /// `0` to `9` and `a` to `f`.
    package var isLowerHexDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
    /// `0` to `9`, `a` to `f` and `A` to `F`.
    package var isHexDigit: Bool {
        isLowerHexDigit || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(self)
    }

    /// Whether it is one of these characters of ASCII.
    package func isOne(of characters: StaticString) -> Bool {
        characters.withUTF8Buffer { $0.contains(self) }
    }
}
