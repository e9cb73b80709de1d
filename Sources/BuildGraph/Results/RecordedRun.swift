import Diagnostics
package import JSON

/// One run of one stage as its result file keeps it.
package struct RecordedRun: Sendable, Equatable {
    /// The digest of the stage's kind and revision and of `inputs`.
    package var key: String
    /// `setting:…`, `file:…` and `stage:…` with their digests.
    package var inputs: [String: String]
    /// The values behind the `setting:` inputs, so that a reason can show the old one.
    package var settings: [String: JSONValue]
    /// The revisions of the stage and of the ephemeral ones it rests on, by name.
    package var revisions: [String: Int]
    /// What it gave; nil where it failed.
    package var outputs: JSONValue?
    /// RFC 3339 in UTC; kept as text, because reading times is half the cost of a large plan.
    package var startedAt: String
    /// RFC 3339 in UTC.
    package var finishedAt: String
    /// How long it took.
    package var seconds: Double
    /// The run that it was part of.
    package var runId: String
    /// Which tool ran it, such as `dssbatch 0.1.0`.
    package var tool: String
    /// Who ran it and where; nil where a program recorded it that did not write that down.
    package var by: RecordedPerson?
    /// What a later run would overwrite; nil where it failed.
    package var identity: String?
    /// The origin of outputs that were not made by a run.
    package static let adopted = "adopted"

    /// `adopted` where the outputs were not made by a run; else what the stage says of those that
    /// are not of the usual kind.
    package var origin: String?
    /// Whether adopted outputs were made for this very asset, by a run that records elsewhere.
    package var isOwn = false

    /// Whether the outputs are somebody else's, and nothing that this asset may remove.
    package var isForeign: Bool { origin == Self.adopted && !isOwn }

    /// Makes one; see the properties.
    package init(
        key: String, inputs: [String: String], settings: [String: JSONValue] = [:],
        revisions: [String: Int] = [:], outputs: JSONValue?, startedAt: String, finishedAt: String,
        seconds: Double, runId: String, tool: String, identity: String? = nil,
        origin: String? = nil
    ) {
        self.key = key
        self.inputs = inputs
        self.settings = settings
        self.revisions = revisions
        self.outputs = outputs
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.seconds = seconds
        self.runId = runId
        self.tool = tool
        self.identity = identity
        self.origin = origin
    }
}

/// Who ran a stage, and where.
package struct RecordedPerson: Sendable, Equatable {
    /// The user's name.
    package let user: String
    /// The machine's name.
    package let host: String

    /// Makes one; see the properties.
    package init(user: String, host: String) {
        self.user = user
        self.host = host
    }

    /// The same for people: `alice@laptop`.
    package var text: String { "\(user)@\(host)" }
}

/// What a failed stage's result file says of its error.
package struct RecordedError: Sendable, Equatable {
    private static let causeLimit = 20

    /// The diagnostic's code.
    package var code: String
    /// The diagnostic's summary.
    package var message: String
    /// Why, the outermost first.
    package var causes: [String]
    /// Where it was found: a file, a place in a manifest, a task.
    package var location: String?
    /// What to do next.
    package var hint: String?
    /// The name of the stage's log beside the result; nil where nothing was written.
    ///
    /// In events and answers, its whole path.
    package var log: String?

    /// Makes one.
    package init(
        code: String, message: String, causes: [String] = [], location: String? = nil,
        hint: String?, log: String? = nil
    ) {
        self.code = code
        self.message = message
        self.causes = causes
        self.location = location
        self.hint = hint
        self.log = log
    }

    /// The same for whoever does not look beside the result.
    ///
    /// - Parameter location: where the results are.
    package func told(in location: String) -> RecordedError {
        var copy = self
        copy.log = log.map { "\(location)/\($0)" }
        return copy
    }

    /// What is kept of a problem: without secrets, which the words of others may hold.
    init(_ problem: Diagnostic) {
        self.init(
            code: problem.code, message: ShownText.redacted(problem.summary),
            causes: problem.causes.prefix(Self.causeLimit).map(ShownText.redacted),
            location: problem.location.map(ShownText.redacted),
            hint: problem.hint.map(ShownText.redacted), log: problem.log)
    }
}
