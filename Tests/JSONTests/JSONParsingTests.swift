import Diagnostics
import Foundation
import JSON
import Testing

struct JSONParsingTests {
    static let wrongTexts: [(text: String, code: String, place: String)] = [
        ("", "json.syntax", "f:1:1"),
        ("{\n  \"a\": 1,\n}", "json.syntax", "f:3:1"),
        ("{\"a\" 1}", "json.syntax", "f:1:6"),
        ("{\n  \"ä\": tru\n}", "json.syntax", "f:2:8"),
        ("[1, 2", "json.syntax", "f:1:6"),
        ("{\"a\": 1 // one\n}", "json.syntax", "f:1:9"),
        ("[\"a\u{1}\"]", "json.syntax", "f:1:4"),
        ("[\"ab\\q\"]", "json.syntax", "f:1:5"),
        ("[\"ab\\ud800\"]", "json.syntax", "f:1:2"),
        ("[\"abc\n\"]", "json.syntax", "f:1:2"),
        ("{\"a\\u0000\": 1}", "json.syntax", "f:1:2"),
        ("[\"a\\u0000\"]", "json.syntax", "f:1:2"), ("[\"a\u{0}\"]", "json.syntax", "f:1:4"),
        ("[1]\u{0}", "json.trailing-garbage", "f:1:5"),
        ("{\n  \"name\": 1,\n  \"ä\": 2, \"name\": 3\n}", "json.duplicate-key", "f:3:11"),
        (
            "{\"a-very-long-key-indeed-of-many-letters\": 1,\n"
                + " \"a-very-long-key-indeed-of-many-letters\": 2}", "json.duplicate-key", "f:2:2"
        ),
        ("{\"\u{E9}\": 1, \"e\u{301}\": 2}", "json.duplicate-key", "f"),
        ("{} {}", "json.trailing-garbage", "f:1:4"),
        ("1\n]", "json.trailing-garbage", "f:2:1"),
        ("[92233720368547758080]", "json.number-out-of-range", "f:1:2"),
        ("[1e999]", "json.number-out-of-range", "f:1:2"),
        (String(repeating: "[", count: 101), "json.too-deep", "f:1:101"),
    ]

    @Test(arguments: wrongTexts)
    func `a wrong text is refused with its code and place`(
        _ wrong: (text: String, code: String, place: String)
    ) throws {
        let error = try #require(throws: Diagnostic.self) {
            try JSONValue.parse(wrong.text.utf8, source: "f")
        }
        #expect(error.code == wrong.code, "\(error)")
        #expect(error.location == wrong.place, "\(error)")
        #expect(error.severity == .configuration)
        #expect(error.hint != nil)
    }

    @Test func `bytes that are no UTF-8 are refused where they stand`() throws {
        let error = try #require(throws: Diagnostic.self) {
            try JSONValue.parse(Array("[\"ä\",\n \"x".utf8) + [0xFF, 0x22, 0x5D], source: "f")
        }
        #expect(error.code == "json.bad-utf8")
        #expect(error.location == "f:2:4")
    }

    @Test func `a text above the size limit is refused`() throws {
        let error = try #require(throws: Diagnostic.self) {
            try JSONValue.parse("[1, 2]".utf8, source: "f", limits: JSONLimits(sizeBytes: 5))
        }
        #expect(error.code == "json.too-big")
    }

    @Test func `more values than the limit are refused before they take memory`() throws {
        let many = "[" + String(repeating: "0,", count: 400_000) + "0]"
        let error = try #require(throws: Diagnostic.self) {
            try JSONValue.parse(Array(many.utf8), source: "f")
        }
        #expect(error.code == "json.too-big")
        let few = JSONLimits(values: 4)
        #expect(try JSONValue.parse("[1, \"a,b,c,d\", 3]".utf8, source: "f", limits: few) != nil)
        #expect(throws: Diagnostic.self) {
            try JSONValue.parse("[1, 2, 3, 4]".utf8, source: "f", limits: few)
        }
        #expect(throws: Diagnostic.self) {
            try JSONValue.parse("[[[[]]]]".utf8, source: "f", limits: few)
        }
    }

    @Test func `what is written is always read back, whatever a text holds`() throws {
        let value: JSONValue = ["a\0b": "c\0"]
        let read = try JSONValue.parse(value.compactText.utf8, source: "f")
        #expect(read == ["a\u{FFFD}b": "c\u{FFFD}"])
    }

    @Test func `brackets within strings do not count as depth`() throws {
        let text = "[\"" + String(repeating: "[\\\"", count: 200) + "\"]"
        #expect(throws: Never.self) { try JSONValue.parse(text.utf8, source: "f") }
    }

    @Test func `every kind of value is read`() throws {
        let text = #"{"z": null, "a": [true, false, -1, 1.5, "ä\n\ud83d\ude00"], "o": {}}"#
        let value = try JSONValue.parse(text.utf8, source: "f")
        let expected: JSONValue = [
            "a": [true, false, -1, .number(1.5), "ä\n😀"], "o": [:], "z": nil,
        ]
        #expect(value == expected)
        #expect(try JSONReader(value, source: "f").object().names == ["z", "a", "o"])
    }

    @Test func `a missing file is named with the system's reason`() throws {
        let error = try #require(throws: Diagnostic.self) {
            try JSONValue.parse(contentsOf: "/nowhere/x.json")
        }
        #expect(error.code == "json.unreadable")
        #expect(error.causes == ["no such file or directory"])
        #expect(error.location == "/nowhere/x.json")
    }
}
