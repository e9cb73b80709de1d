/// Takes known secrets out of text that others wrote, such as a failed program's output.
package struct SecretRedaction: Sendable {
    private let values: [String]

    /// Makes one.
    ///
    /// - Parameter secrets: what must not be seen; empty ones are left out.
    package init(_ secrets: some Sequence<Secret>) {
        // The longest first, so that one that holds another does not leave its ends.
        values = secrets.map { $0.reveal() }.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    /// The text with `<secret>` in place of every secret.
    package func redacted(_ text: String) -> String {
        var text = text
        for value in values {
            text = text.split(separator: value, omittingEmptySubsequences: false)
                .joined(separator: "<secret>")
        }
        return text
    }
}
