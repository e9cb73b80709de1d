import Diagnostics
import JSON
import TestSupport
import Testing

struct JSONWritingTests {
    private func canonicalText(_ value: JSONValue) -> String {
        String(decoding: value.canonicalBytes, as: UTF8.self)
    }

    @Test func `the canonical form sorts keys by bytes and writes numbers in one form`() throws {
        let text =
            #"{"b": 1.0, "é": 1e0, "Z": 0.1, "a": [ -0.0, 1e300, 5e-324 ], "aa": "\u001f\/"}"#
        let value = try JSONValue.parse(text.utf8, source: "f")
        #expect(
            canonicalText(value)
                == #"{"Z":0.1,"a":[0,1e+300,5e-324],"aa":"\u001f/","b":1,"é":1}"#)
    }

    @Test func `values are equal where their canonical bytes are`() {
        let one: JSONValue = ["\u{E9}": 1]
        let other: JSONValue = ["e\u{301}": 1]
        #expect(one != other)
        #expect(one == ["\u{E9}": .number(1)])
        let text = "{\"b\":1,\"e\u{301}\":2,\"\u{E9}\":1}"
        #expect(
            JSONValue.canonicalBytes(ofMembers: [("b", 1), ("\u{E9}", 1), ("e\u{301}", 2)])
                == Array(text.utf8))
    }

    @Test func `the pretty form keeps the order and ends with a line break`() {
        let value: JSONValue = ["b": [1, [:], []], "a": ["x": "y"]]
        #expect(
            value.prettyText == """
                {
                  "b": [
                    1,
                    {},
                    []
                  ],
                  "a": {
                    "x": "y"
                  }
                }

                """)
        #expect(value.compactText == #"{"b":[1,{},[]],"a":{"x":"y"}}"#)
    }

    @Test(arguments: 0..<300)
    func `a value survives being written and read`(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let value = JSONValue.random(using: &generator)
        for text in [value.prettyText, value.compactText, canonicalText(value)] {
            #expect(try JSONValue.parse(text.utf8, source: "f") == value)
        }
    }

    @Test(arguments: 0..<300)
    func `key order and white space do not change the canonical form`(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let value = JSONValue.random(using: &generator)
        let shuffled = value.shuffled(using: &generator)
        let read = try JSONValue.parse(shuffled.prettyText.utf8, source: "f")
        #expect(read.canonicalBytes == value.canonicalBytes)
    }
}
