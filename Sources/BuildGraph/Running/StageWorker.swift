import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// Runs one stage once and records how it went.
struct StageWorker: Sendable {
    /// How it went.
    struct Outcome: Sendable {
        var status: RunEvent.Status
        var outputs: JSONValue?
        var record: ResultRecord?
        var seconds: Double
        var problem: Diagnostic?
        var changedFiles: [String] = []
    }

    private static let saveSeconds = 120.0

    let setup: RunSetup
    let stage: AnyStage
    let material: KeyMaterial
    /// What the stage and the ephemeral ones it rests on declare.
    let inputs: [StageInput]
    let upstream: UpstreamOutputs
    let earlier: ResultRecord?

    /// Waits for a slot of the stage's pool, runs it and saves its result.
    func run() async -> Outcome {
        guard let name = stage.pool else { return await runNow() }
        do {
            return try await setup.slots.pool(name).withSlot { await runNow() }
        } catch {
            return neverBegan()
        }
    }

    /// Ended before it did anything: what is recorded of it stays as true as it was.
    private func neverBegan() -> Outcome {
        setup.events.emit(.stageFinished(.cancelled, seconds: 0), stage: stage.name)
        return Outcome(status: .cancelled, seconds: 0, problem: .from(CancellationError()))
    }

    /// A log that is told too, line by line, where somebody wants to know.
    private func toldLog() -> StageLog {
        guard let tell = setup.place.onLog else { return StageLog() }
        let name = stage.name
        return StageLog { text in
            for line in text.split(separator: "\n") { tell("\(name): \(line)") }
        }
    }

    private func runNow() async -> Outcome {
        guard !Task.isCancelled else { return neverBegan() }
        let startedAt = setup.time.now()
        let start = setup.time.monotonicSeconds()
        setup.events.emit(
            .stageStarted(expectedSeconds: earlier?.lastGood?.seconds), stage: stage.name)
        var outcome: Outcome
        let log = toldLog()
        do {
            let context = setup.context(
                stage, upstream: upstream, earlier: earlier?.lastGood, key: material.key, log: log)
            outcome = Outcome(
                status: .succeeded, outputs: try await outputs(context), seconds: 0)
        } catch {
            outcome = Self.failure(error)
        }
        outcome.seconds = setup.time.monotonicSeconds() - start
        if outcome.status != .succeeded { await keep(log, of: &outcome) }
        await record(&outcome, startedAt: startedAt)
        setup.events.emit(
            .stageFinished(
                outcome.status, seconds: outcome.seconds,
                outputs: stage.isEphemeral ? nil : outcome.outputs),
            stage: stage.name)
        return outcome
    }

    /// What the stage gives, or gave another run of the same inputs.
    private func outputs(_ context: StageContext) async throws -> JSONValue {
        guard stage.isShareable, let shared = setup.options.shared, let key = material.key else {
            return try await stage.run(context)
        }
        let (stage, store) = (stage, setup.store)
        // Of this asset's own runs: who makes the shared outputs knows nothing of them.
        try await stage.base.removeLeftovers(context)
        let result = try await shared.result(of: key) {
            let outputs = try await stage.run(context)
            var documents: [String: [UInt8]] = [:]
            for name in stage.base.documents(in: outputs).keys {
                documents[name] = try await store.readFile(name)
            }
            return SharedResult(outputs: outputs, documents: documents)
        }
        for (name, bytes) in result.documents where try await store.readFile(name) != bytes {
            try await store.writeFile(name, bytes)
        }
        return result.outputs
    }

    private static func failure(_ error: any Error) -> Outcome {
        // Whatever a cancelled stage throws, it was ended and did not fail by itself.
        let problem = Diagnostic.from(Task.isCancelled ? CancellationError() : error)
        let status: RunEvent.Status = problem.severity == .interrupted ? .cancelled : .failed
        return Outcome(status: status, seconds: 0, problem: problem)
    }

    /// Keeps what the stage's programs wrote, and says where.
    private func keep(_ log: StageLog, of outcome: inout Outcome) async {
        guard let bytes = log.bytes else { return }
        let (store, name) = (setup.store, stage.name)
        do {
            try await Shield.run(seconds: Self.saveSeconds, "saving a log") {
                try await store.saveLog(of: name, bytes)
            }
            outcome.problem?.log = "\(store.location)/\(StageLog.file(of: name))"
        } catch {
            setup.events.emit(
                .warning(
                    "the log of stage `\(name)` could not be kept: "
                        + Diagnostic.from(error).summary), stage: name)
        }
    }

    private func record(_ outcome: inout Outcome, startedAt: Date) async {
        let material = checkedMaterial(&outcome)
        var run = setup.recorded(
            material, outputs: outcome.outputs, startedAt: startedAt, seconds: outcome.seconds)
        do {
            let record: ResultRecord
            if let outputs = outcome.outputs {
                run.identity = try stage.identity(of: outputs)
                run.origin = try stage.origin(of: outputs)
                record = .success(
                    run, of: stage.name, assetId: setup.store.assetId, after: earlier,
                    counting: self.material.counting, identify: stage.identify)
            } else {
                record = .failure(
                    run, outcome.problem ?? .from(CancellationError()), of: stage.name,
                    assetId: setup.store.assetId, after: earlier,
                    counting: self.material.counting, identify: stage.identify)
            }
            let isSuccess = outcome.status == .succeeded
            let (store, journal, name) = (setup.store, setup.journal, stage.name)
            try await Shield.run(seconds: Self.saveSeconds, "saving a result") {
                try await store.save(record)
                if isSuccess { try await journal.commitKept(of: name) }
            }
            outcome.record = record
        } catch {
            let problem = Diagnostic.from(error)
            if outcome.status == .succeeded {
                outcome.status = .failed
                outcome.outputs = nil
                outcome.problem = problem.wrapped(
                    in: "stage `\(stage.name)` ended well, but its result could not be recorded")
            } else {
                setup.events.emit(
                    .warning(
                        "the failure of stage `\(stage.name)` could not be recorded: "
                            + problem.summary), stage: stage.name)
            }
        }
        if outcome.status == .failed, let problem = outcome.problem {
            setup.events.emit(.error(problem), stage: stage.name)
        }
    }

    /// The material with what changed while the stage ran spoiled, so that no plan ever takes the
    /// result for fresh: nobody knows which contents the stage read.
    private func checkedMaterial(_ outcome: inout Outcome) -> KeyMaterial {
        guard outcome.status == .succeeded else { return material }
        let before = material.files
        var after: [String: String] = [:]
        var isReadable = true
        do {
            after = try setup.digester.digest(inputs).byPath(inputs)
        } catch {
            isReadable = false
        }
        var spoiled = material
        for path in Set(before.keys).union(after.keys).sorted()
        where before[path] != after[path] {
            let text = "changed while read\n\(before[path] ?? "")\n\(after[path] ?? "")"
            spoiled.inputs[KeyMaterial.filePrefix + path] = Digest.of(text)
            outcome.changedFiles.append(path)
        }
        if !outcome.changedFiles.isEmpty {
            let names = outcome.changedFiles.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
            setup.events.emit(
                .warning(
                    isReadable
                        ? "\(names) changed while stage `\(stage.name)` ran: its result is not "
                            + "fresh; run again"
                        : "the inputs of stage `\(stage.name)` could not be read again at its "
                            + "end: its result is not fresh; run again"),
                stage: stage.name)
        }
        return spoiled
    }
}
