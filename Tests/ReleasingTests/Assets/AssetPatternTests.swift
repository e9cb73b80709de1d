import Diagnostics
import TestSupport
import Testing

@testable import Releasing

@Suite struct AssetPatternTests {
    @Test(arguments: [
        ("3.4.0", "3.4.0", true), ("3.4.0", "3.4.01", false), ("3.4.0", "3x4.0", false),
        ("3.*", "3.4.0", true), ("3.*", "3.", true), ("3.*", "13.4", false),
        ("*", "", true), ("*.0", "3.4.0", true), ("*.0", "3.0.1", false),
        ("?.4", "3.4", true), ("?.4", ".4", false), ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYc_", false), ("Odd 1*", "odd 1", false), ("A", "a", false),
    ])
    func `a glob is matched whole and by case`(text: String, id: String, isMatch: Bool) throws {
        #expect(try AssetPattern(text).matches(id) == isMatch)
    }

    @Test func `every id that is a pattern without signs matches itself only`() throws {
        var random = SeededGenerator(seed: 7)
        let letters = Array("aB3 ._+=@-")
        for _ in 0..<500 {
            func id() -> String {
                "x" + String((0..<4).compactMap { _ in letters.randomElement(using: &random) })
            }
            let (one, other) = (id(), id())
            #expect(try AssetPattern(one).matches(other) == (one == other))
            // Putting a star for any part of it still finds it.
            let cut = Int.random(in: 0...one.count, using: &random)
            #expect(try AssetPattern(one.prefix(cut) + "*").matches(one))
            #expect(try AssetPattern("*" + one.dropFirst(cut)).matches(one))
        }
    }

    @Test(arguments: ["", "a/b", "[ab]", "a\\*", "é", "-x", String(repeating: "x", count: 65)])
    func `what no asset id can match is refused`(text: String) throws {
        let error = try #require(throws: Diagnostic.self) { try AssetPattern(text) }
        #expect(error.code == "assets.pattern")
        #expect(error.severity == .configuration)
    }

    @Test(arguments: [("0", 0.0), ("90s", 90), ("30m", 1800), ("6h", 21_600), ("7d", 604_800)])
    func `ages are numbers with a unit`(text: String, seconds: Double) throws {
        #expect(try AgeLimit(text).seconds == seconds)
    }

    @Test(arguments: ["", "6", "h", "-1h", "1.5h", "6 h", "6hh", "6H", "99999999999999999999d"])
    func `anything else is no age`(text: String) throws {
        let error = try #require(throws: Diagnostic.self) { try AgeLimit(text) }
        #expect(error.code == "clean.age")
        #expect(error.severity == .configuration)
    }

    @Test func `a wrong type names the nearest`() throws {
        let error = try #require(throws: Diagnostic.self) { try AssetKind.named(["snapshto"]) }
        #expect(error.hint?.contains("`snapshot`?") == true)
        #expect(try AssetKind.named([]) == Set(AssetKind.inAWS))
        #expect(try AssetKind.named(["ami", "object"]) == [.ami, .object])
    }
}
