import AWS
import JSON
import TestSupport

/// One operation with its fields, and the same fields as a boto user writes them.
struct OperationSample: Sendable {
    let operation: any AWSOperation
    let parameters: JSONValue

    init(_ operation: any AWSOperation, _ parameters: JSONValue) {
        self.operation = operation
        self.parameters = parameters
    }

    /// Samples of every operation, with random fields.
    static func all(_ random: inout SampleFields) -> [OperationSample] {
        ec2Reading(&random) + ec2Changing(&random) + ec2Images(&random)
            + ec2Registering(&random)
            + cloudFormation(&random) + s3Objects(&random) + s3Uploads(&random)
            + stsAndSSM(&random) + accountReading(&random) + codeBuild(&random)
    }
}

/// Random fields, the same in every run.
struct SampleFields {
    private static let alphabet = Array("aZ09 +é*~?%&=/\\'\"<>[]{}#@!$,;:.-_ü😀(|^`")
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// One to twelve awkward characters.
    mutating func text() -> String {
        let count = Int.random(in: 1...12, using: &generator)
        return String(
            (0..<count).map { _ in Self.alphabet.randomElement(using: &generator) ?? "a" })
    }

    /// A key that does not begin with a slash.
    mutating func key() -> String { "k\(text())/\(text())" }

    /// Names with and without dots.
    mutating func bucket() -> String {
        ["dss-images", "dss.images.example", "b0b", "Old_Bucket"].randomElement(using: &generator)
            ?? "b"
    }

    mutating func flag() -> Bool { Bool.random(using: &generator) }
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    mutating func texts() -> [String] { (0..<number(0...3)).map { _ in text() } }
    mutating func someTexts() -> [String] { (0..<number(1...3)).map { _ in text() } }
    mutating func tags() -> [AWSTag] {
        (0..<number(1...3)).map { AWSTag("\($0)\(text())", text()) }
    }
    mutating func filters() -> [EC2Filter] {
        (0..<number(0...3)).map { _ in EC2Filter(text(), anyOf: someTexts()) }
    }
}

extension [String] {
    var json: JSONValue { .array(map { .string($0) }) }
}

extension String {
    var json: JSONValue { .string(self) }
}

extension Bool {
    var json: JSONValue { .bool(self) }
}

extension Int {
    var json: JSONValue { .integer(Int64(self)) }
}

extension [AWSTag] {
    var json: JSONValue { .array(map { ["Key": $0.key.json, "Value": $0.value.json] }) }

    func specifications(_ types: String...) -> JSONValue {
        .array(types.map { ["ResourceType": $0.json, "Tags": json] })
    }

    /// As the header carries them, written independently of the code under test.
    var header: JSONValue {
        map { tag in
            [tag.key, tag.value].map {
                $0.utf8.map { byte in
                    let character = Character(UnicodeScalar(byte))
                    let isPlain =
                        character.isASCII
                        && (character.isLetter || character.isNumber || "-._~".contains(character))
                    let digits = String(byte, radix: 16, uppercase: true)
                    return isPlain ? String(character) : "%\(digits.count < 2 ? "0" : "")\(digits)"
                }.joined()
            }.joined(separator: "=")
        }.joined(separator: "&").json
    }
}

extension [EC2Filter] {
    var json: JSONValue { .array(map { ["Name": $0.name.json, "Values": $0.values.json] }) }
}
