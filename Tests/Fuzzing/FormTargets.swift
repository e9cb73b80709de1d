import GitHub

@testable import AWS
@testable import Diagnostics
@testable import DockerEngine
@testable import JSON
@testable import Releasing

/// Readers of general forms.
enum FormTargets {
    static func json(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes, source: "input") else { return }
        let canonical = value.canonicalBytes
        let again = try? JSONValue.parse(canonical, source: "canonical")
        precondition(again == value, "the canonical form is of another value")
        precondition(again?.canonicalBytes == canonical, "two canonical forms of one value")
        let pretty = try? JSONValue.parse(Array(value.prettyText.utf8), source: "pretty")
        precondition(pretty == value, "the pretty form is of another value")
    }

    static func xml(_ bytes: [UInt8]) {
        guard let node = try? XMLReader.parse(bytes) else { return }
        precondition(!node.name.isEmpty, "an element without a name")
        _ = ErrorReader.isError(bytes)
    }

    static func ini(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? INIFile(text, path: "config")
        if let words = ShellWords.split(text) {
            precondition(words.joined().utf8.count <= text.utf8.count, "words out of nothing")
        }
    }

    /// What the command line and manifests hold as one text.
    static func references(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let reference = try? ImageReference(text) {
            let again = try? ImageReference(reference.description)
            precondition(again == reference, "an image reference is read otherwise again")
        }
        if let pointer = try? JSONPointer(parsing: text) {
            let again = try? JSONPointer(parsing: pointer.description)
            precondition(again == pointer, "a pointer is read otherwise again")
        }
        if let id = try? AssetId(text, location: "input") {
            precondition(!id.text.contains("/") && !id.text.hasPrefix("."), "an id that is a path")
        }
        if let date = Timestamp.date(text) {
            precondition(Timestamp.date(Timestamp.text(date)) != nil, "no time of its own")
        }
        _ = HTTPDate.date(text)
        _ = ISOTime.date(text)
        _ = RepositoryName(text)
        _ = VersionOrder(text)
        _ = try? AgeLimit(text)
        _ = try? AssetPattern(text)
        _ = try? CIDRBlock(text, location: "input")
        _ = try? DockerHost(text, certificates: nil, origin: "input")
        _ = try? ResultsAddress(text, source: "input", code: "usage.results", home: "/h")
        _ = try? UploadAddress(text)
    }

    static func text(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let shown = ShownText.line(text)
        precondition(
            shown.unicodeScalars.allSatisfy { !$0.properties.generalCategory.isControl },
            "a control character is shown")
        _ = ShownText.markdown(text)
        // The first half of the input is the secret that the second half must not tell.
        let half = bytes.count / 2
        let secret = String(decoding: bytes[..<half], as: UTF8.self)
        // What stands in its place is of these signs.
        guard secret.utf8.count >= 8, !secret.contains("<"), !secret.contains(">") else { return }
        let told = text + String(decoding: bytes[half...], as: UTF8.self) + secret
        let redacted = SecretRedaction(values: [secret]).redacted(told)
        precondition(!redacted.utf8.contains(secret.utf8), "a secret is told")
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool {
        switch self {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
