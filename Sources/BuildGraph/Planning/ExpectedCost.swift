/// What the stages that will run cost; a pure function of how long they take and of their prices.
enum ExpectedCost {
    /// The sum in USD; nil where a price, or how long something takes that has one, is not known.
    static func usd(
        _ graph: StageGraph, _ stages: [PlannedStage], isListed: [Bool], _ time: ExpectedTime
    ) -> Double? {
        let running = stages.indices.filter { isListed[$0] && stages[$0].state == .run }
        var sum = 0.0
        for number in running {
            let seconds =
                graph.stages[number].isEphemeral
                ? life(of: number, graph, stages, running, time)
                : stages[number].expectedSeconds
            guard let cost = graph.stages[number].base.costUSD(seconds: seconds) else { return nil }
            sum += cost
        }
        return sum
    }

    /// How long a machine stands: from its start to the end of the last stage that uses it.
    ///
    /// - Returns: nil where one of those never ran.
    private static func life(
        of machine: Int, _ graph: StageGraph, _ stages: [PlannedStage], _ running: [Int],
        _ time: ExpectedTime
    ) -> Double? {
        let users = running.filter { $0 == machine || graph.ephemeralBehind[$0].contains(machine) }
        guard users.allSatisfy({ stages[$0].expectedSeconds != nil }) else { return nil }
        let end = users.map { time.ends[$0] }.max() ?? 0
        return end - time.starts[machine]
    }
}
