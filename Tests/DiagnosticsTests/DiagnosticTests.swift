import Diagnostics
import Foundation
import TestSupport
import Testing

struct DiagnosticTests {
    private let diagnostic = Diagnostic(
        code: "a.b", severity: .locked, summary: "it failed", location: "f:1:2",
        causes: ["near", "far"], hint: "do this")

    @Test func `the text says what, where, why and what next`() {
        #expect(
            diagnostic.description == """
                error: it failed
                  at: f:1:2
                  because: near
                  because: far
                  code: a.b
                hint: do this
                """)
    }

    @Test func `wrapping makes the old summary the nearest cause and keeps the rest`() {
        let wrapped = diagnostic.wrapped(in: "the stage failed")
        #expect(wrapped.summary == "the stage failed")
        #expect(wrapped.causes == ["it failed", "near", "far"])
        #expect(wrapped.code == "a.b")
        #expect(wrapped.severity == .locked)
        #expect(wrapped.hint == "do this")
        #expect(diagnostic.wrapped(in: "x", hint: "do that").hint == "do that")
    }

    @Test func `any error becomes a diagnostic`() {
        #expect(Diagnostic.from(diagnostic) == diagnostic)
        #expect(Diagnostic.from(CancellationError()).severity == .interrupted)
        #expect(Diagnostic.from(URLError(.timedOut)).code == "internal.unexpected")
    }

    @Test func `a secret shows itself nowhere but on demand`() {
        let secret = Secret("hush")
        var dumped = ""
        dump(["key": secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("hush"))
        }
        #expect(secret.reveal() == "hush")
    }

    @Test(arguments: 0..<200)
    func `a time survives being written and read`(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let milliseconds = Int64.random(
            in: -10_000_000_000_000...100_000_000_000_000, using: &generator)
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let read = try #require(Timestamp.date(Timestamp.text(date)))
        #expect(abs(read.timeIntervalSince(date)) < 0.0005)
    }

    @Test func `a time beyond what the form holds is the nearest that it holds`() {
        #expect(Timestamp.text(Date(timeIntervalSince1970: 1e300)) == "9999-12-31T23:59:59.000Z")
        #expect(Timestamp.text(Date(timeIntervalSince1970: -1e300)) == "0000-01-01T00:00:00.000Z")
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T18:00:00", "2026-13-01T00:00:00Z", "2026-11-23T18:00Z",
        "2026-11-23T18:00:00+01:00", "yesterdayT18:00:00Z",
    ])
    func `what is no time in UTC is not read`(_ text: String) {
        #expect(Timestamp.date(text) == nil)
    }
}
