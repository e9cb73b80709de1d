import JSON
import TestSupport
import Testing

@testable import AWS

@Suite(
    .disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
struct INIFileJudgeTests {
    private static let lines = [
        "[default]", "[profile a]", "[profile \"b c\"]", "[services s]", "region = eu-west-1",
        "Region=us-east-1", "output : json", "  indented = 1", "   s3_key=2", "s3 =", "ec2 =",
        "  endpoint_url = http://x:1", "# comment", "; comment", "  # indented comment", "", "   ",
        "name = a = b # not a comment", "no sign here", "= no name", "\tregion = tab", "[open",
        "key with blanks = v ", "a: b = c", "  continued", "[]", "[x]y", "services = s",
    ]

    @Test func `shared files are read as botocore reads them`() async throws {
        var generator = SeededGenerator(seed: 3)
        let texts = (0..<3000).map { _ in
            let count = Int.random(in: 0...9, using: &generator)
            let start = Bool.random(using: &generator) ? ["[default]"] : []
            let ending = Bool.random(using: &generator) ? "\n" : "\r\n"
            return
                (start
                + (0..<count).map { _ in Self.lines.randomElement(using: &generator) ?? "" })
                .joined(separator: ending)
        }
        let answers = try await PythonJudge("profiles.py").answers(to: texts.map(\.json))
        var refused = 0
        for (text, answer) in zip(texts, answers) {
            let ours = (try? INIFile(text, path: "config")).map { Self.json($0) } ?? .null
            if answer == .null { refused += 1 }
            #expect(ours == answer, "\(text.debugDescription)")
        }
        #expect(refused > 100 && refused < 2900)
    }

    private static func json(_ file: INIFile) -> JSONValue {
        JSONValue(
            members: file.sections.map { name, options in
                (
                    name,
                    JSONValue(
                        members: options.map { option, value in
                            switch value {
                            case .text(let text): (option, text.json)
                            case .nested(let values):
                                (option, JSONValue(members: values.map { ($0.key, $0.value.json) }))
                            }
                        })
                )
            })
    }
}
