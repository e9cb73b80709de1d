import Diagnostics
import Foundation
import JSON
import Testing

struct JSONCodableTests {
    private struct Inner: Codable, Equatable {
        var count: Int
        var ratio: Double?
    }

    private struct Outer: Codable, Equatable {
        var name: String
        var at: Date
        var inner: [Inner]
        var tags: [String: String]
        var any: JSONValue
        var nothing: String?
        var small: UInt8
    }

    private let outer = Outer(
        name: "x", at: Date(timeIntervalSince1970: 1.5), inner: [Inner(count: 1, ratio: 0.5)],
        tags: ["a": "b"], any: ["k": [nil, 1]], nothing: nil, small: 255)

    @Test func `a type survives being written and read`() throws {
        let value = try JSONValue.encoding(outer)
        #expect(
            value == [
                "name": "x", "at": "1970-01-01T00:00:01.500Z",
                "inner": [["count": 1, "ratio": .number(0.5)]], "tags": ["a": "b"],
                "any": ["k": [nil, 1]], "small": 255,
            ])
        #expect(try value.decoded(as: Outer.self) == outer)
        #expect(try JSONValue.encoding([Int]()) == [])
        #expect(try JSONValue.encoding("x").decoded(as: String.self) == "x")
    }

    @Test(arguments: [
        ("/inner/0/count", "\"1\"", "json.wrong-type", "#/inner/0/count"),
        ("/inner/0", "{}", "json.missing-field", "#/inner/0"),
        ("/at", "\"yesterday\"", "json.invalid-value", "#/at"),
        ("/small", "256", "json.invalid-value", "#/small"),
        ("/tags/a", "null", "json.wrong-type", "#/tags/a"),
    ])
    func `an error names its place`(
        _ change: (pointer: String, text: String, code: String, place: String)
    ) throws {
        let value = try JSONValue.encoding(outer).setting(
            JSONPointer(parsing: change.pointer),
            to: JSONValue.parse(change.text.utf8, source: "f"))
        let error = try #require(throws: Diagnostic.self) { try value.decoded(as: Outer.self) }
        #expect(error.code == change.code)
        #expect(error.location == change.place)
    }

    @Test func `a number that JSON cannot hold is refused`() throws {
        let error = try #require(throws: Diagnostic.self) {
            try JSONValue.encoding(["a": [1, Double.nan]])
        }
        #expect(error.code == "json.not-encodable")
        #expect(error.location == "#/a/1")
    }
}
