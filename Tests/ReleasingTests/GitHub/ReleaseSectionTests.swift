import Diagnostics
import TestSupport
import Testing

@testable import Releasing

@Suite struct ReleaseSectionTests {
    private static let begin = ReleaseSection.begin
    private static let end = ReleaseSection.end

    /// Texts out of everything that could be mistaken for something else.
    private static func randomText(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "\n", "\r\n", "\r", "é", "e\u{301}", "<!--", "-->", "dssbatch", ":begin", " ",
            "<!-- dssbatch:", "dssbatch:end -->", "🦆", "\u{200d}", "<!-- other:begin -->", "\n\n",
        ]
        return (0..<Int.random(in: 0...12, using: &generator)).map { _ in
            pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        }.joined()
    }

    @Test func `what is around the section stays byte for byte`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let before = Self.randomText(&generator)
            let after = Self.randomText(&generator)
            guard !(before + after).contains(Self.end) else { continue }
            let body = before + Self.begin + "\nold\n" + Self.end + after
            let new = try ReleaseSection.replace(in: body, by: "one\ntwo")
            #expect(Array(new.utf8).starts(with: Array((before + Self.begin).utf8)))
            #expect(
                Array(new.utf8.reversed()).starts(with: (Self.end + after).utf8.reversed()))
            #expect(try ReleaseSection.notes(in: new) == "one\ntwo")
            let again = try ReleaseSection.replace(in: new, by: "one\ntwo")
            #expect(again.utf8.elementsEqual(new.utf8))
        }
    }

    @Test func `a text without a section gets one as a paragraph at its end`() throws {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<2000 {
            let body = Self.randomText(&generator)
            guard !body.contains(Self.end) else { continue }
            let new = try ReleaseSection.replace(in: body, by: "n\n| a | b |")
            #expect(new.utf8.starts(with: body.utf8))
            #expect(try ReleaseSection.notes(in: new) == "n\n| a | b |")
            #expect(
                try ReleaseSection.replace(in: new, by: "n\n| a | b |").utf8
                    .elementsEqual(new.utf8))
        }
        #expect(
            try ReleaseSection.replace(in: nil, by: "n") == "\(Self.begin)\nn\n\(Self.end)")
        #expect(
            try ReleaseSection.replace(in: "a", by: "n") == "a\n\n\(Self.begin)\nn\n\(Self.end)")
        let long = try ReleaseSection.replace(in: "a\r\n", by: "n")
        #expect(
            long.utf8.elementsEqual("a\r\n\r\n\(Self.begin)\r\nn\r\n\(Self.end)".utf8))
    }

    @Test func `its length is known before it is written`() throws {
        for body in [nil, "", "a", "a\n\n", "a\r\n", "x\(Self.begin)y\(Self.end)\r\nz"] {
            let notes = "one 🦆\ntwo\n"
            let room = try ReleaseSection.room(in: body, limit: 1000)
            let new = try ReleaseSection.replace(in: body, by: notes)
            let length = new.unicodeScalars.count
            #expect(length == 1000 - room + ReleaseSection.cost(of: notes, in: body))
            #expect(new.utf16.count > length)
        }
    }

    @Test func `a name that looks like a marker is none`() throws {
        let new = try ReleaseSection.replace(in: "", by: "x \(Self.end) y")
        #expect(try ReleaseSection.notes(in: new) == "x <!-- dssbatch&#58;end --> y")
        #expect(try ReleaseSection.replace(in: new, by: "n") == "\(Self.begin)\nn\n\(Self.end)")
    }

    @Test(arguments: [
        begin, end, end + begin, begin + begin + end, begin + end + end,
        begin + end + begin + end, begin + "<!-- dssbatch:end", "dssbatch:begin" + end,
    ])
    func `markers that are not one pair are never guessed at`(body: String) throws {
        for work in [
            { _ = try ReleaseSection.notes(in: body) },
            { _ = try ReleaseSection.replace(in: body, by: "n") },
        ] {
            let error = try #require(throws: Diagnostic.self) { try work() }
            #expect(error.code == "github.markers")
            #expect(error.hint?.contains("edit the release") == true)
        }
    }
}
