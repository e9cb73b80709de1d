import Diagnostics
import JSON
import Testing

struct JSONReaderTests {
    private enum Format: String, CaseIterable { case vhd, vmdk }

    private func reader(_ value: JSONValue) -> JSONReader { JSONReader(value, source: "m.json") }

    @Test func `an unknown field names its place and the nearest allowed name`() throws {
        let error = try #require(throws: Diagnostic.self) {
            try reader(["export": ["buckt": "x", "prefix": "y"]])
                .object(allowing: ["export"]).required("export")
                .object(allowing: ["bucket", "prefix"])
        }
        #expect(error.code == "manifest.unknown-field")
        #expect(error.severity == .configuration)
        #expect(error.location == "m.json#/export/buckt")
        #expect(error.summary == "unknown field `buckt`")
        #expect(error.hint == "did you mean `bucket`? allowed: `bucket`, `prefix`")
    }

    @Test func `a missing field names the object`() throws {
        let error = try #require(throws: Diagnostic.self) {
            try reader(["ami": ["a": 1]]).object().required("ami").object().required("base")
        }
        #expect(error.code == "manifest.missing-field")
        #expect(error.location == "m.json#/ami")
    }

    @Test func `values of a wrong type, range or name are refused with their code`() throws {
        let cases: [(JSONValue, String, @Sendable (JSONReader) throws -> Void)] = [
            (1, "manifest.wrong-type", { _ = try $0.string() }),
            (nil, "manifest.wrong-type", { _ = try $0.string() }),
            ("", "manifest.unknown-value", { _ = try $0.nonEmptyString() }),
            ("a b", "manifest.unknown-value", { _ = try $0.string(allowed: "w") { $0 == "w" } }),
            (.number(1.5), "manifest.wrong-type", { _ = try $0.integer(in: 1...2) }),
            (3, "manifest.out-of-range", { _ = try $0.integer(in: 1...2) }),
            (3, "manifest.out-of-range", { _ = try $0.number(in: 0.5...2) }),
            ("true", "manifest.wrong-type", { _ = try $0.bool() }),
            ([:], "manifest.wrong-type", { _ = try $0.array { $0.value } }),
            ([], "manifest.out-of-range", { _ = try $0.array(count: 1...2) { $0.value } }),
            ("vdmk", "manifest.unknown-value", { _ = try $0.oneOf(Format.self) }),
            (["a": 1], "manifest.wrong-type", { _ = try $0.stringMap() }),
        ]
        for (value, code, read) in cases {
            let error = try #require(throws: Diagnostic.self) { try read(reader(value)) }
            #expect(error.code == code, "\(value)")
            #expect(error.hint != nil)
        }
    }

    @Test func `good values are read and elements know their place`() throws {
        let root = try reader(["n": 3, "f": ["vhd", "vmdk"], "m": ["a": "b"], "b": true])
            .object(allowing: ["n", "f", "m", "b", "x"])
        #expect(try root.required("n").integer(in: 1...5) == 3)
        #expect(try root.required("f").array { try $0.oneOf(Format.self) } == [.vhd, .vmdk])
        #expect(
            try root.required("f").array { $0.location } == ["m.json#/f/0", "m.json#/f/1"])
        #expect(try root.required("m").stringMap() == ["a": "b"])
        #expect(try root.required("b").bool())
        #expect(root.optional("x") == nil)
    }
}
