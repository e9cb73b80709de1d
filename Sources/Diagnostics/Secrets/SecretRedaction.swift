/// Takes known secrets out of text that others wrote, such as a failed program's output.
package struct SecretRedaction: Sendable {
    private let values: [String]

    /// Makes one.
    ///
    /// - Parameter secrets: what must not be seen; empty ones are left out.
    package init(_ secrets: some Sequence<Secret>) {
        self.init(values: secrets.map { $0.reveal() })
    }

    /// Makes one of the secrets' texts.
    init(values: [String]) {
        // The longest first, so that one that holds another does not leave its ends.
        self.values = values.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text with `<secret>` in place of every secret.
    ///
    /// An accent or a joiner behind a secret makes its last letter another character, so that
    /// scalars are compared; and characters, to whom another normal form is the same secret.
    package func redacted(_ text: String) -> String {
        var text = text
        for value in values where Self.holds(text, value) {
            text = text.unicodeScalars
                .split(
                    separator: value.unicodeScalars, maxSplits: .max,
                    omittingEmptySubsequences: false
                )
                .map { String($0) }.joined(separator: Self.mark)
            text = text.split(separator: value, omittingEmptySubsequences: false)
                .joined(separator: Self.mark)
        }
        return text
    }

    /// Whether a text holds a secret, in whatever company and normal form.
    static func holds(_ text: String, _ value: String) -> Bool {
        text.utf8.contains(value.utf8) || text.contains(value)
    }

    private static let mark = "<secret>"
}
