/// One profile of the shared files; no print can show its values.
package struct SharedProfile: Sendable {
    /// As it is selected.
    package let name: String
    private let values: [String: INIFile.Value]

    init(name: String, values: [String: INIFile.Value]) {
        self.name = name
        self.values = values
    }

    /// A plain setting that is not empty.
    package subscript(_ option: String) -> String? {
        if case .text(let text) = values[option], !text.isEmpty { text } else { nil }
    }

    /// Whether any of these is set.
    func has(_ options: String...) -> Bool { options.contains { values[$0] != nil } }
}

extension SharedProfile: CustomStringConvertible, CustomReflectable {
    /// The name alone.
    package var description: String { "profile `\(name)`" }
    /// Shows nothing to `dump` and the debugger.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
