/// When stages begin and end, side by side; a pure function of how long each took last time.
///
/// | wait | where it is |
/// |---|---|
/// | for what a stage needs or follows | the ends of those |
/// | for the one slot of a pool | each stage behind those that were ready earlier |
/// | for EC2's limits to exports | in the recorded seconds of the exports themselves |
struct ExpectedTime {
    /// By number, in seconds since the run begins; of one that does not run, when it is there.
    private(set) var starts: [Double]
    private(set) var ends: [Double]

    /// Lays the stages out that will run.
    ///
    /// - Parameters:
    ///   - stages: by number.
    ///   - isListed: which of them count.
    init(_ graph: StageGraph, _ stages: [PlannedStage], isListed: [Bool]) {
        starts = Array(repeating: 0, count: stages.count)
        ends = starts
        var free: [String: Double] = [:]
        // The numbers are a topological order.
        for number in stages.indices {
            var ready = 0.0
            for other in graph.upstream[number] + graph.follows[number] {
                ready = max(ready, ends[other])
            }
            starts[number] = ready
            guard isListed[number], stages[number].state == .run else {
                // What is fresh ends at once, but is not there before what it rests on.
                ends[number] = ready
                continue
            }
            let pool = graph.stages[number].pool
            starts[number] = max(ready, pool.flatMap { free[$0] } ?? 0)
            ends[number] = starts[number] + (stages[number].expectedSeconds ?? 0)
            if let pool { free[pool] = ends[number] }
        }
    }

    /// The end of the last stage, in seconds.
    var seconds: Double { ends.max() ?? 0 }
}
