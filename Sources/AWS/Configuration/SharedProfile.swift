/// One profile of the shared files; no print can show its values.
package struct SharedProfile: Sendable {
    /// As it is selected.
    package let name: String
    /// One section of one file, which keys and their token must come from together.
    typealias Section = [String: INIFile.Value]
    private let config: Section
    private let credentials: Section
    private let values: Section

    /// - Parameters:
    ///   - config: the profile's section of the configuration file.
    ///   - credentials: that of the credentials file, which goes before it.
    init(name: String, config: Section = [:], credentials: Section = [:]) {
        self.name = name
        self.config = config
        self.credentials = credentials
        values = config.merging(credentials) { _, fromCredentials in fromCredentials }
    }

    /// What the configuration file alone says.
    var inConfig: SharedProfile { SharedProfile(name: name, config: config) }
    /// What the credentials file alone says.
    var inCredentials: SharedProfile { SharedProfile(name: name, credentials: credentials) }

    /// A plain setting that is not empty.
    package subscript(_ option: String) -> String? {
        if case .text(let text) = values[option], !text.isEmpty { text } else { nil }
    }

    /// A setting below another, as under `s3 =`; nil where it is empty.
    func nested(_ option: String, _ name: String) -> String? {
        guard case .nested(let settings) = values[option] else { return nil }
        return settings[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The names of what is set.
    var options: [String] { values.keys.sorted() }

    /// Whether any of these is set, and not to nothing.
    func has(_ options: String...) -> Bool { options.contains { self[$0] != nil } }
}

extension SharedProfile: CustomStringConvertible, CustomReflectable {
    /// The name alone.
    package var description: String { "profile `\(name)`" }
    /// Shows nothing to `dump` and the debugger.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
