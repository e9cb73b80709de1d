package import Diagnostics
import FoundationEssentials
import Synchronization

/// Runs many variants, some at once; what they share is done once.
package struct VariantRunner: Sendable {
    /// How one variant ended.
    package struct Outcome: Sendable {
        /// Which one.
        package let assetId: String
        /// How its run went; nil where it did not come to that.
        package var summary: RunSummary?
        /// Why its run could not begin.
        package var problem: Diagnostic?
        /// Whether its turn never came, because another had failed.
        package var isLeftOut = false
        /// What concerns no single stage of it.
        package var problems: [Diagnostic] { summary?.problems ?? [] }
        /// Whether it was begun and did not end well; a locked one was not begun.
        package var hasFailed: Bool {
            summary.map { $0.status != .succeeded }
                ?? (problem.map { $0.severity != .locked } ?? false)
        }
        /// Whether it ended with everything fresh.
        package var isFresh: Bool { summary?.status == .succeeded }
    }

    private let equipment: Equipment
    private let width: Int
    private let onEvent: @Sendable (RunEvent) -> Void

    /// Makes one.
    ///
    /// - Parameters:
    ///   - width: the most variants at once.
    ///   - onEvent: told of everything; events carry their asset's id.
    package init(
        _ equipment: Equipment, width: Int, onEvent: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.equipment = equipment
        self.width = width
        self.onEvent = onEvent
    }

    /// Runs variants, each as a run of its own.
    ///
    /// After a failure no further one begins, unless `keepGoing` is set; what has begun goes on to
    /// its end. Where the task is cancelled, all end as one run does.
    ///
    /// - Parameters:
    ///   - options: of every run; slots and shared outputs are shared.
    ///   - selection: what is asked for of a variant's stages.
    /// - Returns: how each ended, in the order given.
    package func run(
        _ variants: [Variant], _ options: RunOptions,
        selection: @escaping @Sendable (StageGraph) throws -> Selection
    ) async throws -> [Outcome] {
        let hasFailed = Mutex(false)
        var options = options
        options.shared = SharedOutputs()
        let common = options
        return try await ConcurrentMap.map(variants, width: max(1, width)) { variant in
            guard !hasFailed.withLock({ $0 }) || common.keepGoing else {
                return Outcome(assetId: variant.assetId, isLeftOut: true)
            }
            let outcome = await run(variant, common, selection)
            if !outcome.isFresh { hasFailed.withLock { $0 = true } }
            return outcome
        }
    }

    /// Does of each run what may still refuse it for replacing something published: lookups,
    /// verification, binding to an account.
    ///
    /// - Returns: what they would replace.
    package func rehearse(
        _ variants: [Variant], _ options: RunOptions,
        selection: @escaping @Sendable (StageGraph) throws -> Selection
    ) async throws -> [String] {
        var options = options
        options.isRehearsal = true
        // One that fails otherwise fails in its run as well.
        options.keepGoing = true
        return try await run(variants, options, selection: selection).flatMap { outcome in
            let isProtected = outcome.problem?.code == Protection.code
            return isProtected
                ? (outcome.problem?.causes ?? []).map { "\(outcome.assetId): \($0)" } : []
        }
    }

    private func run(
        _ variant: Variant, _ common: RunOptions,
        _ selection: @Sendable (StageGraph) throws -> Selection
    ) async -> Outcome {
        let assetId = variant.assetId
        let onEvent = onEvent
        let report: @Sendable (RunEvent) -> Void = { event in
            // What a rehearsal says of the whole, the run says again.
            if common.isRehearsal && event.stage == nil { return }
            var event = event
            event.assetId = assetId
            onEvent(event)
        }
        do {
            try Task.checkCancellation()
            let graph = try variant.graph()
            var options = common
            options.selection = try selection(graph)
            // Folders and names of what a run works with are made of its id.
            var equipment = equipment
            equipment.lock = equipment.lock.of(runId: UUID().uuidString.lowercased())
            let place = Workplace(
                graph: graph, store: variant.store, equipment: equipment, onEvent: report)
            return Outcome(assetId: assetId, summary: try await place.run(options))
        } catch {
            let problem = Diagnostic.from(Task.isCancelled ? CancellationError() : error)
            // Whose the results are concerns all of them, and is said once.
            if problem.severity != .interrupted && !problem.code.hasPrefix("realm.") {
                report(RunEvent(time: equipment.time.now(), stage: nil, kind: .error(problem)))
            }
            return Outcome(assetId: assetId, problem: problem)
        }
    }
}
