import Diagnostics
import JSON
import Testing

struct JSONPointerTests {
    /// The examples of RFC 6901, section 5.
    @Test func `the examples of the RFC are found`() throws {
        let value: JSONValue = [
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
            "k\"l": 6, " ": 7, "m~n": 8,
        ]
        let places =
            [
                "/foo/0": "bar", "/": 0, "/a~1b": 1, "/c%d": 2, "/e^f": 3, "/g|h": 4, "/i\\j": 5,
                "/k\"l": 6, "/ ": 7, "/m~0n": 8,
            ] as [String: JSONValue]
        for (text, expected) in places {
            let pointer = try JSONPointer(parsing: text)
            #expect(value.at(pointer) == expected)
            #expect(pointer.description == text)
        }
        #expect(value.at(.root) == value)
        #expect(value.at(try JSONPointer(parsing: "/foo/2")) == nil)
        #expect(value.at(try JSONPointer(parsing: "/foo/00")) == nil)
    }

    @Test(arguments: ["a", "/a~", "/a~2"])
    func `a malformed pointer is refused`(_ text: String) throws {
        let error = try #require(throws: Diagnostic.self) { try JSONPointer(parsing: text) }
        #expect(error.code == "json.bad-pointer")
    }

    @Test func `setting changes one place of a copy`() throws {
        let value: JSONValue = ["a": [1, 2], "b": "x"]
        func set(_ text: String) throws -> JSONValue {
            try value.setting(JSONPointer(parsing: text), to: true)
        }
        #expect(try set("/a/1") == ["a": [1, true], "b": "x"])
        #expect(try set("/a/-") == ["a": [1, 2, true], "b": "x"])
        #expect(try set("/c/d") == ["a": [1, 2], "b": "x", "c": ["d": true]])
        #expect(try set("") == true)
        for text in ["/a/3", "/a/x", "/b/c"] {
            #expect(throws: Diagnostic.self) { try set(text) }
        }
    }
}
