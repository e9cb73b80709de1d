/// A value that no print, log, dump or encoder can show.
///
/// Reading it takes a call of `reveal()`, which a reviewer can search for.
package struct Secret: Sendable, Equatable {
    private let value: String

    /// Hides `value`.
    package init(_ value: String) {
        self.value = value
        SecretBook.add(value)
    }

    /// The hidden value; hand it only to what sends, signs or writes it to a 0600 file.
    package func reveal() -> String { value }

    /// Whether nothing is hidden here.
    package var isEmpty: Bool { value.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same text.
    package var description: String { "<secret>" }
    /// Always the same text.
    package var debugDescription: String { "<secret>" }
    /// Shows nothing to `dump` and the debugger.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
