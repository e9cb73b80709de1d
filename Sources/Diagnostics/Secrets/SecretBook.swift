import Synchronization

/// Every secret that this process has held, so that none gets out in the words of others.
enum SecretBook {
    /// Shorter ones are words that stand everywhere, and no secrets worth the name.
    static let leastBytes = 8
    private static let values = Mutex<Set<String>>([])

    /// Remembers a secret for as long as the process lives.
    static func add(_ value: String) {
        guard value.utf8.count >= leastBytes else { return }
        _ = values.withLock { $0.insert(value) }
    }

    /// The text with `<secret>` in place of every secret.
    static func redacted(_ text: String) -> String {
        guard text.utf8.count >= leastBytes else { return text }
        let known = values.withLock { $0 }
        // Most texts hold none, and comparing is cheaper than splitting.
        let found = known.filter { SecretRedaction.holds(text, $0) }
        return found.isEmpty ? text : SecretRedaction(values: Array(found)).redacted(text)
    }
}
