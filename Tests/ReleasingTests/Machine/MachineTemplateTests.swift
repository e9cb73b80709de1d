import BuildGraph
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import Releasing

@Suite struct MachineTemplateTests {
    private static let template = "  Tags:\n    - Key: a\n    # Own tags.\nOutputs:\n"

    private func tags(_ value: JSONValue) throws -> OwnTags {
        try OwnTags(JSONReader(value, source: "test"), hasObjects: false)
    }

    @Test func `each tag is a line at the mark, as indented as it was`() throws {
        let text = try MachineTemplate.text(Self.template, tags: tags(["k:1": "v @", "b": ""]))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6)
        #expect(lines[2].hasPrefix("    - {"))
        #expect(text.contains(#""k:1""#))
        #expect(text.hasSuffix("\nOutputs:\n"))
        #expect(!text.contains(MachineTemplate.mark))
    }

    @Test func `without tags, or with only a name, the template is as it was`() throws {
        #expect(try MachineTemplate.text(Self.template, tags: .none) == Self.template)
        let named = try tags(["Name": "mine"])
        #expect(try MachineTemplate.text(Self.template, tags: named) == Self.template)
    }

    @Test func `a template without the mark is no place for tags`() throws {
        let error = #expect(throws: Diagnostic.self) {
            try MachineTemplate.text("Resources:\n", tags: tags(["k": "v"]))
        }
        #expect(error?.code == "template.no-mark")
        #expect(error?.severity == .configuration)
    }

    /// Whoever changes the template decides whether releases are to be made anew: where they are,
    /// the first digest stands alone, else the present one is added.
    @Test func `the template makes the machines of the first one`() throws {
        func digest(_ equals: [String: String]) throws -> String? {
            let digester = InputDigester(root: ProjectPath.root, cachePath: nil, equals: equals)
            return try digester.digest([.file(path: LaunchInstance.template)])
                .byPath([.file(path: LaunchInstance.template)])[LaunchInstance.template]
        }
        let present = try #require(try digest([:]))
        #expect(MachineTemplate.equals[present] != nil, "the template is \(present) now")
        #expect(
            try digest(MachineTemplate.equals)
                == "sha256:cd1838741125c43575e77089862f99091c42599c3bb480dcf181544d8a999424")
    }
}
