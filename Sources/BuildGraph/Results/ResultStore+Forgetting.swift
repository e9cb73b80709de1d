import Diagnostics
package import JSON

/// What recorded results say once their outputs are gone, or may be.
extension ResultStore {
    /// Records that a stage was interrupted.
    ///
    /// Once its entries in the journal are ended nothing else says so, and its recorded outputs
    /// may be gone. An ephemeral stage claims nothing that could be believed.
    package func recordInterruption(of name: StageName, in graph: StageGraph) async throws {
        guard graph[name]?.isEphemeral != true,
            let record = try await load(name)?.record, record.status == .succeeded
        else { return }
        var run = record.run
        run.outputs = nil
        try await save(
            .failure(
                run, .from(CancellationError()), of: name, assetId: assetId, after: record,
                identify: graph.identify(name)))
    }

    /// Records that outputs are going to be removed, so that nothing of them counts any more:
    /// written before the removal, because a crash in between must not leave a claim behind.
    ///
    /// The stages behind them go the same way: what they made rests on what is gone.
    ///
    /// - Parameters:
    ///   - graph: the pipeline, which says what is behind what.
    ///   - others: stages whose outputs only tell of what other stages made.
    ///   - isGone: whether recorded outputs name something that goes.
    /// - Returns: the stages whose present outputs were taken back, in the pipeline's order.
    package func recordRemoval(
        in graph: StageGraph, besides others: Set<StageName> = [],
        where isGone: (JSONValue) -> Bool
    ) async throws -> [StageName] {
        let records = try await loadAll().compactMapValues(\.record)
        // The machine of an old run is gone anyway, and what was made of it is not.
        // What the pipeline does not ask for any more may be asked for again.
        let left = records.keys.filter { graph[$0] == nil }.sorted { $0.rawValue < $1.rawValue }
        let known = graph.stages.filter { !$0.isEphemeral }.map(\.name) + left
        let named = known.filter { !others.contains($0) }.filter { name in
            records[name]?.lastGood?.outputs.map(isGone) == true
        }
        let affected = Set(named + named.flatMap { graph.everythingBehind($0) })
        for (name, record) in records.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if affected.contains(name) {
                try await save(
                    record.withoutOutputs(where: isGone, graph.identify(name)))
            } else if let rest = record.withoutHistory(where: {
                $0.outputs.map(isGone) == true
            }) {
                try await save(rest)
            }
        }
        return (graph.names + left).filter { affected.contains($0) && records[$0] != nil }
    }
}

extension RecordedError {
    /// The code of the error of a stage whose outputs were removed.
    package static let removedCode = "results.removed"
}

extension ResultRecord {
    /// The record of a stage whose outputs were removed on purpose: it runs again.
    ///
    /// What of its outputs, old and new, stays where it is has to be retired by a later run.
    fileprivate func withoutOutputs(
        where isGone: (JSONValue) -> Bool, _ identify: Identify
    ) -> ResultRecord {
        var bare = run
        bare.outputs = nil
        bare.identity = nil
        var seen: Set<ExactText> = []
        let left = everyGood.filter { run in
            guard let outputs = run.outputs, !isGone(outputs),
                let identity = run.identity(identify)
            else { return false }
            return seen.insert(ExactText(identity)).inserted
        }
        return ResultRecord(
            stage: stage, assetId: assetId, status: .failed, run: bare,
            error: RecordedError(
                code: RecordedError.removedCode, message: "removed by `dssbatch clean`",
                hint: "run the manifest to make it again"),
            replaced: left)
    }

    /// The record less earlier runs whose outputs are gone; nil where none is.
    package func withoutHistory(where isGone: (RecordedRun) -> Bool) -> ResultRecord? {
        var rest = self
        rest.history.removeAll(where: isGone)
        rest.replaced.removeAll(where: isGone)
        return rest == self ? nil : rest
    }
}

extension StageGraph {
    /// How a stage tells its outputs from others; nothing of stages that it does not have.
    fileprivate func identify(_ name: StageName) -> ResultRecord.Identify {
        guard let stage = self[name] else { return { _ in nil } }
        return stage.identify
    }

    /// The stages that rest on one, near and far.
    fileprivate func everythingBehind(_ name: StageName) -> Set<StageName> {
        var found: Set<StageName> = []
        var open = [name]
        while let next = open.popLast() {
            for other in dependents(of: next)
            where self[other]?.isEphemeral != true && found.insert(other).inserted {
                open.append(other)
            }
        }
        return found
    }
}
