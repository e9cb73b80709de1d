import Diagnostics
import Testing

struct NameSuggestionTests {
    @Test(arguments: [
        ("buckt", "bucket"), ("prefxi", "prefix"), ("Bucket", "bucket"), ("exprot", "export"),
        ("formats2", "formats"), ("zzz", nil), ("", nil), ("x", nil),
    ])
    func `the nearest name is offered and nothing far-fetched`(
        _ example: (name: String, nearest: String?)
    ) {
        let names = ["bucket", "prefix", "export", "formats", "kind"]
        #expect(NameSuggestion.nearest(to: example.name, among: names) == example.nearest)
    }

    @Test func `a hint lists what is allowed`() {
        #expect(NameSuggestion.hint(for: "q", among: ["aaa", "bbb"]) == "allowed: `aaa`, `bbb`")
        #expect(NameSuggestion.hint(for: "q", among: []) == "nothing is allowed here")
    }
}
