/// How long stages take side by side; a pure function of how long each took last time.
///
/// | wait | where it is |
/// |---|---|
/// | for what a stage needs or follows | the ends of those |
/// | for the one slot of a pool | each stage behind those that were ready earlier |
/// | for EC2's limits to exports | in the recorded seconds of the exports themselves |
enum ExpectedTime {
    /// The end of the last of the stages that will run, in seconds.
    ///
    /// - Parameters:
    ///   - stages: by number.
    ///   - isListed: which of them count.
    static func seconds(
        _ graph: StageGraph, _ stages: [PlannedStage], isListed: [Bool]
    ) -> Double {
        var ends = Array(repeating: 0.0, count: stages.count)
        var free: [String: Double] = [:]
        // The numbers are a topological order.
        for number in stages.indices {
            var ready = 0.0
            for other in graph.upstream[number] + graph.follows[number] {
                ready = max(ready, ends[other])
            }
            guard isListed[number], stages[number].state == .run else {
                // What is fresh ends at once, but is not there before what it rests on.
                ends[number] = ready
                continue
            }
            let pool = graph.stages[number].pool
            let start = max(ready, pool.flatMap { free[$0] } ?? 0)
            ends[number] = start + (stages[number].expectedSeconds ?? 0)
            if let pool { free[pool] = ends[number] }
        }
        return ends.max() ?? 0
    }
}
