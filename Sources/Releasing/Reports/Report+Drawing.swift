package import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections

extension Report {
    private static let slowTaskCount = 10

    /// What a report is drawn up from.
    struct Facts {
        let name: String
        let region: String?
        let location: String
        let graph: StageGraph
        /// Nil where the declared files are not all there.
        let plan: Plan?
        let results: [StageName: StoredResult]
        /// `release.json`; nil where there is none that can be read.
        let document: JSONValue?
        let packages: PackageReport
        let notes: [String]
    }

    /// Reads what is recorded of a release and draws its report up; asks no cloud for more than
    /// its results.
    ///
    /// - Parameters:
    ///   - others: the results of other assets beside these that hold a document.
    /// - Throws: what reading the results throws.
    package static func read(
        _ manifest: SingleManifest, at place: Workplace,
        others: @Sendable (_ document: String) async throws -> [any ResultStore]
    ) async throws -> Report {
        var notes: [String] = []
        var plan: Plan?
        do {
            plan = try await manifest.plan(at: place, compares: false).plan
        } catch let problem as Diagnostic
            where ["graph.missing-input", "graph.unreadable-input"].contains(problem.code)
        {
            notes.append("what is stale is unknown: \(problem.summary)")
        }
        let document = try await place.store.readFile(ReleaseNotes.documentName).flatMap {
            try? JSONValue.parse($0, source: ReleaseNotes.documentName)
        }
        let packages = try await PackageReport.read(place.store, document) {
            try await others(ReleaseNotes.documentName)
        }
        return Report(
            Facts(
                name: manifest.storeName, region: manifest.release?.region,
                location: place.store.location, graph: place.graph, plan: plan,
                results: try await place.store.loadAll(), document: document, packages: packages,
                notes: notes + (plan?.supersededNotes ?? [])))
    }

    /// Draws it up: a pure function of what was read.
    init(_ facts: Facts) {
        let stages = facts.graph.stages
        let records = stages.compactMap { facts.results[$0.name]?.record }
        let durable = records.filter { facts.graph[$0.stage]?.lifetime == .durable }
        let failures = records.filter {
            $0.status == .failed && $0.error?.code != RecordedError.removedCode
                && facts.plan?[$0.stage]?.state != .fresh
        }
        name = facts.name
        region = facts.region
        location = facts.location
        madeAt = durable.compactMap(\.lastGood?.finishedAt).max()
        made = MadeThing.things(
            in: Dictionary(
                uniqueKeysWithValues: durable.compactMap { record in
                    record.lastGood?.outputs.map { (record.stage, $0) }
                }), region: facts.region)
        versions = Self.versions(facts.document)
        self.stages = stages.map { stage in
            let planned = facts.plan?[stage.name]
            return Stage(
                name: stage.name, lifetime: stage.lifetime, state: planned?.state,
                reasons: planned?.reasons.map(\.description) ?? [], needs: stage.upstream)
        }
        runs = Self.runs(records)
        slowTasks = Self.slowTasks(records)
        self.failures = failures.compactMap { record in
            record.error.map {
                Failure(
                    stage: record.stage, finishedAt: record.run.finishedAt,
                    error: $0.told(in: facts.location))
            }
        }
        packages = facts.packages
        drawing = GraphDrawing(facts.graph, plan: facts.plan)
        notes = facts.notes
        standing =
            if records.isEmpty {
                .neverRan
            } else if !failures.isEmpty {
                .failed
            } else if let plan = facts.plan {
                plan.isFresh ? .fresh : .stale
            } else {
                .unknown
            }
    }

    private static func versions(_ document: JSONValue?) -> OrderedDictionary<String, String> {
        (document?["versions"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    /// The runs that made what is recorded now, and those whose failures are.
    private static func runs(_ records: [ResultRecord]) -> [Run] {
        let ended = records.flatMap { record in
            [(record.stage, record.status, record.run)]
                + (record.previous.map { [(record.stage, .succeeded, $0)] } ?? [])
        }
        return Dictionary(grouping: ended) { $0.2.runId }.map { id, steps in
            run(
                id,
                steps.sorted { ($0.2.startedAt, $0.0.rawValue) < ($1.2.startedAt, $1.0.rawValue) })
        }.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    }

    private static func run(
        _ id: String, _ ended: [(StageName, ResultRecord.Status, RecordedRun)]
    ) -> Run {
        let first = ended.first?.2
        let start = first.flatMap { Timestamp.date($0.startedAt) }
        let steps = ended.map { stage, status, run in
            let began = Timestamp.date(run.startedAt)
            return Run.Step(
                stage: stage, status: status, startedAt: run.startedAt, seconds: run.seconds,
                offsetSeconds: max(0, start.flatMap { began?.timeIntervalSince($0) } ?? 0))
        }
        return Run(
            id: id, by: ended.lazy.compactMap(\.2.by).first, tool: first?.tool ?? "",
            startedAt: first?.startedAt ?? "",
            finishedAt: ended.map(\.2.finishedAt).max() ?? "",
            seconds: steps.map { $0.offsetSeconds + $0.seconds }.max() ?? 0, steps: steps)
    }

    private static func slowTasks(_ records: [ResultRecord]) -> [SlowTask] {
        let tasks = records.flatMap { record in
            (record.lastGood?.outputs?["slowest"]?.arrayValue ?? []).compactMap { task in
                task["task"]?.stringValue.flatMap { name in
                    task["seconds"]?.doubleValue.map {
                        SlowTask(stage: record.stage, task: name, seconds: $0)
                    }
                }
            }
        }
        let ordered = tasks.enumerated().sorted {
            ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
        }
        return ordered.prefix(slowTaskCount).map(\.element)
    }
}
