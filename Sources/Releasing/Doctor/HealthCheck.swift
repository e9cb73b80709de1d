/// One question that `doctor` asks before a release begins.
package protocol HealthCheck: Sendable {
    /// Stable, such as `export-role`.
    var name: String { get }
    /// The checks without which there is no point in asking; they come earlier.
    var needs: [String] { get }
    /// Whether the manifest gives a reason to ask.
    func applies(_ context: DoctorContext) -> Bool
    /// Asks.
    ///
    /// - Throws: what could not be asked; a refused permission becomes a warning, anything else a
    ///   failure.
    func run(_ context: DoctorContext) async throws -> HealthFinding
}

extension HealthCheck {
    /// None.
    package var needs: [String] { [] }
    /// Always.
    package func applies(_ context: DoctorContext) -> Bool { true }
}

/// What a check found.
package struct HealthFinding: Sendable, Equatable {
    /// From good to bad.
    package enum Status: String, Sendable, Comparable, CaseIterable {
        case ok
        /// What it needs failed, so that it was not asked.
        case skipped
        case warning
        case failed

        /// Orders by how bad it is.
        package static func < (left: Status, right: Status) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    package let status: Status
    /// What was found, in one line.
    package let message: String
    /// What to do; nil where nothing is to be done.
    package let hint: String?

    /// Makes a finding; see the properties.
    package init(_ status: Status, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    static func ok(_ message: String) -> HealthFinding { HealthFinding(.ok, message) }

    static func warning(_ message: String, hint: String) -> HealthFinding {
        HealthFinding(.warning, message, hint: hint)
    }

    static func failed(_ message: String, hint: String) -> HealthFinding {
        HealthFinding(.failed, message, hint: hint)
    }

    /// Several findings as one: the worst status, with everything that has it.
    static func merged(_ findings: [HealthFinding]) -> HealthFinding {
        let worst = findings.map(\.status).max() ?? .ok
        let those = findings.filter { $0.status == worst }
        func joined(_ texts: [String]) -> String {
            texts.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                .joined(separator: "; ")
        }
        let hints = those.compactMap(\.hint)
        return HealthFinding(
            worst, joined(those.map(\.message)), hint: hints.isEmpty ? nil : joined(hints))
    }
}
