import Diagnostics

/// Finishes what an interrupted run began where that needs no ephemeral stage again: an AMI that
/// is pending needs no second machine.
struct Resumption {
    let setup: RunSetup
    /// What the journal held when the run began.
    let left: [JournalEntry]

    /// Runs every stage that can be finished so.
    ///
    /// - Returns: their new records; a stage that could not be finished after all is failed there.
    /// - Throws: what a stage's question to the world throws.
    func run() async throws -> [StageName: ResultRecord] {
        var records: [StageName: ResultRecord] = [:]
        for (number, stage) in setup.graph.stages.enumerated() where mayResume(number, stage) {
            guard let material = setup.plan.all[number].material else { continue }
            let earlier = setup.world.results[stage.name]?.record
            let worker = StageWorker(
                setup: setup, stage: stage, material: material,
                inputs: setup.inputs(behind: number), upstream: UpstreamOutputs([]),
                earlier: earlier)
            let context = setup.context(
                stage, upstream: UpstreamOutputs([]), earlier: earlier?.lastGood,
                key: material.key)
            guard try await stage.canResume(context) else { continue }
            if let record = await worker.run().record { records[stage.name] = record }
        }
        return records
    }

    private func mayResume(_ number: Int, _ stage: AnyStage) -> Bool {
        setup.plan.isListed[number] && setup.plan.all[number].state == .run
            && !setup.plan.selection.force.contains(stage.name) && !stage.isEphemeral
            && !setup.graph.ephemeralBehind[number].isEmpty
            && left.contains { $0.stage == stage.name }
    }
}
