import BuildGraph
import JSON

/// The rules of staleness by brute force.
///
/// Every outcome of the stages that are still to run is tried: exponential, and so simple that it
/// is plainly right.
struct NaivePlanner {
    let pipeline: RandomPipeline
    let results: [StageName: StoredResult]

    /// The state of each durable stage, by number; nothing is selected or skipped.
    func states() -> [Int: StageState] {
        var states: [Int: StageState] = [:]
        var outputs: [Int: JSONValue] = [:]
        for number in pipeline.nodes.indices where !pipeline.nodes[number].isEphemeral {
            let (state, matching) = judge(number, states, outputs)
            states[number] = state
            if let matching { outputs[number] = matching }
        }
        return states
    }

    /// The state of each ephemeral stage that something durable behind it needs.
    func machines(_ states: [Int: StageState]) -> [Int: StageState] {
        var machines: [Int: StageState] = [:]
        for (number, state) in states where state == .run || state == .maybe {
            for other in behind(number).ephemeral where machines[other] != .run {
                machines[other] = state
            }
        }
        return machines
    }

    private func judge(
        _ number: Int, _ states: [Int: StageState], _ outputs: [Int: JSONValue]
    ) -> (StageState, JSONValue?) {
        guard let record = results[pipeline.nodes[number].name]?.record,
            record.status == .succeeded
        else { return (.run, nil) }
        let (ephemeral, durable) = behind(number)
        var fixed: [String: String] = [:]
        var revisions: [String: Int] = [:]
        for other in ephemeral.union([number]) {
            let node = pipeline.nodes[other]
            fixed["setting:/\(node.name)"] = Digest.of(.integer(Int64(node.setting)))
            revisions[node.name.rawValue] = node.revision
        }
        let candidates = [record.run] + record.history
        var worlds = [fixed]
        for other in durable {
            let name = "stage:\(pipeline.nodes[other].name)"
            var possible: Set<String> = ["something new"]
            if let known = outputs[other], states[other] == .fresh {
                possible = [Digest.of(known)]
            } else if !(pipeline.nodes[other].alwaysDiffers && states[other] == .run) {
                possible.formUnion(candidates.compactMap { $0.inputs[name] })
            }
            worlds = worlds.flatMap { world in
                possible.map { world.merging([name: $0]) { $1 } }
            }
        }
        let matches = worlds.map { world in
            candidates.first { $0.inputs == world && $0.revisions == revisions }
        }
        if matches.count == 1, let only = matches.first {
            return only.map { (.fresh, $0.outputs) } ?? (.run, nil)
        }
        return (matches.contains { $0 != nil } ? .maybe : .run, nil)
    }

    private func behind(_ number: Int) -> (ephemeral: Set<Int>, durable: Set<Int>) {
        var ephemeral: Set<Int> = []
        var durable: Set<Int> = []
        for other in pipeline.nodes[number].needs {
            if pipeline.nodes[other].isEphemeral {
                let more = behind(other)
                ephemeral.formUnion(more.ephemeral.union([other]))
                durable.formUnion(more.durable)
            } else {
                durable.insert(other)
            }
        }
        return (ephemeral, durable)
    }
}
