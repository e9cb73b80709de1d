/// One error as a person and a script see it: a stable code, what, where, why and what next.
///
/// The only error type that crosses a target's border. Tests match `code`, never prose.
package struct Diagnostic: Error, Sendable, Equatable {
    /// What the process's exit status says of an error.
    package enum Severity: String, Sendable {
        /// A usage, manifest or configuration error: nothing was started (exit status 2).
        case configuration
        /// Something that was begun failed (exit status 1).
        case failure
        /// Somebody else holds the lock (exit status 75).
        case locked
        /// A person or a signal ended the run (exit status 130 or 143).
        case interrupted
    }

    /// Stable and dotted, such as `manifest.unknown-field` or `aws.InvalidParameter`.
    package let code: String
    /// The exit status's class.
    package var severity: Severity
    /// What went wrong: lower case, no full stop, literals in backticks.
    package var summary: String
    /// Where: `manifests/release.json:3:14` or `manifests/release.json#/export/bucket`.
    package var location: String?
    /// Why, the nearest cause first.
    package var causes: [String]
    /// What to do next.
    package var hint: String?
    /// Where what a program wrote is kept, as a path or address; nil where nothing is.
    package var log: String?
    /// Whether nobody's settings are the cause, but a service or network in trouble, or a defect
    /// of this program: the same command may do better later.
    package var isTrouble: Bool

    /// Makes a diagnostic; see the properties.
    package init(
        code: String,
        severity: Severity = .failure,
        summary: String,
        location: String? = nil,
        causes: [String] = [],
        hint: String? = nil,
        isTrouble: Bool = false
    ) {
        self.code = code
        self.severity = severity
        self.summary = summary
        self.location = location
        self.causes = causes
        self.hint = hint
        self.isTrouble = isTrouble
    }

    /// The end of the codes of calls of which nobody knows whether they were carried out.
    package static let unknownOutcome = ".unknown-outcome"

    /// Whether nobody knows if what was asked for was done, for whatever reason: a lost connection,
    /// an answer of trouble, an answer that is none.
    package var isOutcomeUnknown: Bool { code.hasSuffix(Self.unknownOutcome) }

    /// A copy whose summary says more, the old summary becoming the nearest cause.
    ///
    /// - Parameters:
    ///   - summary: what failed, seen from further up.
    ///   - hint: what to do next; the old hint stays where none is given.
    package func wrapped(in summary: String, hint: String? = nil) -> Diagnostic {
        var copy = self
        copy.causes.insert(self.summary, at: 0)
        copy.summary = summary
        copy.hint = hint ?? self.hint
        return copy
    }

    /// Any error as a diagnostic; one that is a diagnostic already stays as it is.
    ///
    /// - Parameter error: a `CancellationError` becomes `run.interrupted`, anything else
    ///   `internal.unexpected` with its description.
    package static func from(_ error: any Error) -> Diagnostic {
        if let diagnostic = error as? Diagnostic { return diagnostic }
        if error is CancellationError {
            return Diagnostic(
                code: "run.interrupted", severity: .interrupted, summary: "interrupted",
                hint: "run the same command again to continue")
        }
        return Diagnostic(
            code: "internal.unexpected", summary: "unexpected error: \(error)",
            hint: "please report this with the command that you ran", isTrouble: true)
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The text form of style: `error:`, `at:`, `because:`, `code:`, `log:` and `hint:`.
    package var description: String {
        lines.map { "\($0.label) \($0.text)" }.joined(separator: "\n")
    }

    /// The lines of the text form: what each begins with, and the rest, shown as one line.
    package var lines: [(label: String, text: String)] {
        var lines = [("error:", summary)]
        if let location { lines.append(("  at:", location)) }
        lines += causes.map { ("  because:", $0) }
        lines.append(("  code:", code))
        if let log { lines.append(("  log:", log)) }
        if let hint { lines.append(("hint:", hint)) }
        return lines.map { ($0.0, ShownText.line($0.1)) }
    }
}
