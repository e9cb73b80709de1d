import Diagnostics
import Testing

@Suite struct TextScannerTests {
    @Test func `what comes next is taken by class`() {
        var rest = TextScanner("ab-12é")
        let letters = rest.count(while: \.isLetter)
        let (hasColon, hasDash) = (rest.take(":"), rest.take("-"))
        let digits = Substring(rest.take(while: \.isDigit))
        #expect(letters == 2)
        #expect(!hasColon)
        #expect(hasDash)
        #expect(digits == "12")
        #expect(!rest.isAtEnd)
        #expect(!rest.isAll(1...9, \.isLetter))
        #expect(rest.isAll(2...2) { $0 > 0x7f })
        _ = rest.take { $0 > 0x7f }
        #expect(rest.isAtEnd)
    }

    @Test func `classes are those of ASCII`() {
        let all = (UInt8.min...UInt8.max)
        func text(_ isMember: (UInt8) -> Bool) -> String {
            String(decoding: all.filter(isMember), as: UTF8.self)
        }
        let (digits, lower) = ("0123456789", "abcdefghijklmnopqrstuvwxyz")
        let upper = lower.uppercased()
        #expect(text(\.isDigit) == digits)
        #expect(text(\.isLowerLetter) == lower)
        #expect(text(\.isLetter) == upper + lower)
        #expect(text(\.isLowerOrDigit) == digits + lower)
        #expect(text(\.isLetterOrDigit) == digits + upper + lower)
        #expect(text(\.isLowerHexDigit) == digits + "abcdef")
        #expect(text(\.isHexDigit) == digits + "ABCDEF" + "abcdef")
        #expect(text { $0.isOne(of: "_-") } == "-_")
    }
}
