/// A text that equals only one with the same bytes.
///
/// Swift takes texts for equal that differ in normal form, such as `é` in one scalar and in two. To
/// S3 those are the keys of two objects.
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
package struct ExactText: Hashable, Sendable {
    /// The text.
    package let text: String

    /// Takes a text as it is.
    package init(_ text: String) { self.text = text }

    /// Whether both have the same bytes.
    package static func == (one: ExactText, other: ExactText) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }

    /// Hashes the bytes.
    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(text.utf8.count)
    }
}

extension Set<ExactText> {
    /// Whether exactly that text is among them.
    package func contains(_ text: String) -> Bool { contains(ExactText(text)) }
}
