package import Diagnostics
package import FoundationEssentials
package import JSON
import OrderedCollections

/// Something that happened in a run, for people and for scripts.
package struct RunEvent: Sendable {
    /// How one stage ended.
    package enum Status: String, Sendable {
        case succeeded
        case failed
        /// Nothing had to be done.
        case fresh
        /// It could not run, because a stage it needs failed or was skipped.
        case blocked
        /// It was interrupted, or not started because the run stopped.
        case cancelled
    }

    /// A thing that was made or removed.
    package struct Resource: Sendable {
        /// As the journal calls such things.
        package let kind: String
        /// Where it is or was.
        package let region: String
        /// What its maker calls it.
        package let id: String?
        /// What this program called it.
        package let name: String?

        /// Makes one; see the properties.
        package init(kind: String, region: String, id: String?, name: String?) {
            self.kind = kind
            self.region = region
            self.id = id
            self.name = name
        }

        /// What an entry of the journal stands for.
        init(_ entry: JournalEntry) {
            self.init(kind: entry.resource, region: entry.region, id: entry.id, name: entry.name)
        }
    }

    /// Which run it is of.
    package struct Run: Sendable {
        /// The run's id.
        package let id: String
        /// What it makes.
        package let assetId: String

        /// Names one.
        package init(id: String, assetId: String) {
            self.id = id
            self.assetId = assetId
        }
    }

    /// What happened.
    package enum Kind: Sendable {
        case plan(Plan)
        /// Everything is fresh, as the seal says.
        case sealed(Seal)
        case preview(StagePreview)
        case stageStarted(expectedSeconds: Double?)
        case stageProgress(percent: Double?, message: String)
        /// With the outputs of a durable stage that ran and succeeded.
        case stageFinished(Status, seconds: Double, outputs: JSONValue? = nil)
        case resourceCreated(Resource)
        case resourceDeleted(Resource)
        case warning(String)
        case error(Diagnostic)
        case runFinished(RunSummary.Status, seconds: Double)
    }

    /// When it happened.
    package let time: Date
    /// Which run it is of; nil for what is of none.
    package let run: Run?
    /// Whose run it is, where several go on at once; nil where there is one only.
    package var assetId: String?
    /// The stage that it concerns.
    package let stage: StageName?
    /// What happened.
    package let kind: Kind

    /// Makes an event.
    package init(time: Date, run: Run? = nil, stage: StageName?, kind: Kind) {
        self.time = time
        self.run = run
        self.stage = stage
        self.kind = kind
    }

    /// What it concerns, in words: the stage, behind its asset's id where there are several; nil
    /// for no stage of the only one.
    package var subject: String? {
        let parts = [assetId, stage?.rawValue].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// The event's line of `--json`, without its end.
    package var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "event": .string(kind.name), "time": .string(Timestamp.text(time)),
        ]
        if let run { members["runId"] = .string(run.id) }
        if let assetId = assetId ?? run?.assetId { members["assetId"] = .string(assetId) }
        if let stage { members["stage"] = .string(stage.rawValue) }
        switch kind {
        case .plan(let plan):
            members["stages"] = .array(plan.stages.map(\.json))
            members["sums"] = [
                "run": .integer(Int64(plan.sums.runs)),
                "replace": .integer(Int64(plan.sums.replaces)),
                "delete": .integer(Int64(plan.sums.deletes)),
                "seconds": Self.rounded(plan.sums.seconds),
                "costUSD": plan.sums.costUSD.map(Self.rounded) ?? nil,
            ]
            let notes = plan.notes
            if !plan.superseded.isEmpty {
                members["superseded"] = .array(plan.superseded.map { .string($0.rawValue) })
            }
            if !notes.isEmpty { members["notes"] = .array(notes.map { .string($0) }) }
        case .sealed(let seal): members["stages"] = seal.stages
        case .preview(let preview):
            members.merge(preview.details.objectValue ?? [:]) { first, _ in first }
        case .stageStarted(let expected):
            if let expected { members["expectedSeconds"] = Self.rounded(expected) }
        case .stageProgress(let percent, let message):
            if let percent { members["percent"] = Self.rounded(percent) }
            members["message"] = .string(ShownText.redacted(message))
        case .stageFinished(let status, let seconds, let outputs):
            members["status"] = .string(status.rawValue)
            members["seconds"] = Self.rounded(seconds)
            if let outputs { members["outputs"] = outputs }
        case .resourceCreated(let thing), .resourceDeleted(let thing):
            members["resource"] = .string(thing.kind)
            members["region"] = .string(thing.region)
            if let id = thing.id { members["id"] = .string(id) }
            if let name = thing.name { members["name"] = .string(name) }
        case .warning(let message):
            members["message"] = .string(ShownText.redacted(message))
        case .error(let problem): members.merge(Self.members(of: problem)) { first, _ in first }
        case .runFinished(let status, let seconds):
            members["status"] = .string(status.rawValue)
            members["seconds"] = Self.rounded(seconds)
        }
        return .object(members)
    }

    private static func rounded(_ number: Double) -> JSONValue {
        .number((number * 1000).rounded() / 1000)
    }

    /// Here and not in the finished text, where a secret may be spelt with escapes, and a weak one
    /// may be part of a name.
    private static func members(of problem: Diagnostic) -> OrderedDictionary<String, JSONValue> {
        let problem = RecordedError(problem)
        var members: OrderedDictionary<String, JSONValue> = [
            "code": .string(problem.code), "message": .string(problem.message),
        ]
        if let location = problem.location { members["location"] = .string(location) }
        if !problem.causes.isEmpty {
            members["causes"] = .array(problem.causes.map { .string($0) })
        }
        if let hint = problem.hint { members["hint"] = .string(hint) }
        if let log = problem.log { members["log"] = .string(log) }
        return members
    }
}

extension RunEvent.Kind {
    /// The value of `"event"`.
    package var name: String {
        switch self {
        case .plan, .sealed: "plan"
        case .preview(let preview): preview.event
        case .stageStarted: "stage-started"
        case .stageProgress: "stage-progress"
        case .stageFinished: "stage-finished"
        case .resourceCreated: "resource-created"
        case .resourceDeleted: "resource-deleted"
        case .warning: "warning"
        case .error: "error"
        case .runFinished: "run-finished"
        }
    }
}
