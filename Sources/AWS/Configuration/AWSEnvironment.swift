import Diagnostics

/// Environment variables, which no print can show because some of them are secrets.
package struct AWSEnvironment: Sendable {
    private let values: [String: String]

    /// Wraps variables.
    package init(_ values: [String: String]) { self.values = values }

    /// A variable that is set and not empty.
    package subscript(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The first of some variables that is set and not empty.
    func first(_ names: String...) -> String? { names.lazy.compactMap { self[$0] }.first }

    /// A path with its variables and `~` in place.
    func expanded(_ path: String, home: (_ user: String?) -> String?) -> String {
        PathExpansion.expand(path, variable: { values[$0] }) { user in
            user == nil ? UserHome.folder(values, listed: home) : home(user)
        }
    }

    /// Whether a variable says `true`.
    func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }
}

extension AWSEnvironment: CustomStringConvertible, CustomReflectable {
    /// Always the same text.
    package var description: String { "<environment>" }
    /// Shows nothing to `dump` and the debugger.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
