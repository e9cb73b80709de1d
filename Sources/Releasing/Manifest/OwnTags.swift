package import AWS
import JSON

/// The manifest's own tags, which everything that a release creates carries beside `exa_dss_id`.
///
/// They are no input of any stage: other tags make nothing stale, and are on what is made from
/// then on.
package struct OwnTags: Sendable, Equatable {
    /// In the order of their keys.
    package let tags: [AWSTag]

    /// No own tags.
    package static let none = OwnTags(tags: [])

    /// The most on a resource: 50, less `exa_dss_id`, `exa_dss_run` and a machine's `Name`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html>
    static let limit = 47
    /// The most where there are objects: 10, less `exa_dss_id`, `exa_dss_run` and the mark of an
    /// object that is to be deleted.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>
    static let objectLimit = 7
    private static let keyLimit = 128
    private static let valueLimit = 256

    private init(tags: [AWSTag]) { self.tags = tags }

    /// Checks `/tags` by the rules that all services share.
    ///
    /// - Parameter hasObjects: whether the release writes to S3, which takes fewer.
    /// - Throws: `manifest.wrong-type`, `manifest.tag`, `manifest.out-of-range`.
    init(_ reader: JSONReader, hasObjects: Bool) throws {
        let object = try reader.object()
        let most = hasObjects ? Self.objectLimit : Self.limit
        guard object.names.count <= most else {
            throw reader.diagnostic(
                code: "manifest.out-of-range", summary: "there are \(object.names.count) tags",
                hint: "allowed: at most \(most)"
                    + (hasObjects ? ", since an object in S3 has at most 10" : ""))
        }
        tags = try object.names.sorted().map { key in
            let value = try object.required(key)
            try Self.check(key, value)
            return AWSTag(key, try Self.value(value))
        }
    }

    private static func check(_ key: String, _ reader: JSONReader) throws {
        let problem: String? =
            if !(1...keyLimit).contains(key.unicodeScalars.count) {
                "its key has \(key.unicodeScalars.count) characters"
            } else if let bad = key.unicodeScalars.first(where: { !isAllowed($0) }) {
                "its key contains `\(bad)`"
            } else if key.lowercased().hasPrefix("aws:") {
                "keys that begin with `aws:` are AWS's own"
            } else if key.hasPrefix(ResourceNames.reservedPrefix) {
                "keys that begin with `\(ResourceNames.reservedPrefix)` are the program's own"
            } else {
                nil
            }
        guard let problem else { return }
        throw reader.diagnostic(
            code: "manifest.tag", summary: "tag `\(key)` is not allowed: \(problem)",
            hint: "allowed are keys of 1 to \(keyLimit) \(allowed)")
    }

    private static func value(_ reader: JSONReader) throws -> String {
        let text = try reader.string()
        let problem: String? =
            if text.unicodeScalars.count > valueLimit {
                "it has \(text.unicodeScalars.count) characters"
            } else {
                text.unicodeScalars.first { !isAllowed($0) }.map { "it contains `\($0)`" }
            }
        guard let problem else { return text }
        throw reader.diagnostic(
            code: "manifest.tag", summary: "this value is no tag's: \(problem)",
            hint: "allowed are at most \(valueLimit) \(allowed)")
    }

    private static let allowed = "letters, digits, spaces and `. _ - : / = + @`"

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .spaceSeparator:
            true
        default: "._-:/=+@".unicodeScalars.contains(scalar)
        }
    }
}
