import TestSupport
import Testing

@testable import Releasing

/// The forms are those that the published schemas say, by an engine of others.
@Suite struct ManifestFormTests {
    typealias Form = @Sendable (String) -> Bool

    private static let forms: [(form: Form, pattern: String, examples: [String])] = [
        (ManifestForm.isRegion, "[a-z]{2}(-[a-z]+)+-[0-9]", ["eu-central-1", "us-gov-west-1"]),
        (ManifestForm.isAccount, "[0-9]{12}", ["012345678901"]),
        (ManifestForm.isImageId, "ami-[0-9a-f]+", ["ami-0a"]),
        (ManifestForm.isBucket, "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", ["a.b", "images-1"]),
        (ManifestForm.isStageName, "[a-z][a-z0-9-]{0,62}", ["vm-bucket", "a"]),
        (ManifestForm.isStackName, "[A-Za-z][A-Za-z0-9-]{0,127}", ["A-1", "b"]),
        (ManifestForm.isParameterName, "[A-Za-z0-9]{1,255}", ["Name1"]),
        (ManifestForm.isUserName, "[a-z_][a-z0-9_-]{0,31}", ["ubuntu", "_a-1"]),
        (ManifestForm.isNetwork, "[a-zA-Z0-9][a-zA-Z0-9_.-]*", ["my_net.1"]),
    ]

    @Test(arguments: forms.indices)
    func `a form is that of the published schema`(_ number: Int) throws {
        let (form, pattern, examples) = Self.forms[number]
        let schemas = try ["release", "infrastructure"].map { try PublishedSchema.text(of: $0) }
        #expect(schemas.contains { $0.contains("\"^\(pattern)$\"") }, "\(pattern)")
        let expression = try Regex(pattern)
        var random = SeededGenerator(seed: UInt64(number))
        let letters = Array("aZ09-_.é\n ")
        var texts = examples + ["", "٣", "e\u{301}"]
        for _ in 0..<500 {
            var text = Array(examples.randomElement(using: &random) ?? "")
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                if Bool.random(using: &random), place < text.count {
                    text.remove(at: place)
                } else {
                    text.insert(letters.randomElement(using: &random) ?? "a", at: place)
                }
            }
            texts.append(String(text))
        }
        // One more than the longest of each.
        for count in [1, 12, 13, 32, 33, 63, 64, 128, 129, 255, 256] {
            texts.append(String(repeating: "a", count: count))
        }
        for text in texts {
            let isRight = text.wholeMatch(of: expression) != nil
            #expect(form(text) == isRight, "\(text.debugDescription)")
        }
        #expect(examples.allSatisfy(form))
    }
}
