package import BuildGraph

extension MachineTask {
    /// Does it, whatever is recorded of it.
    ///
    /// - Parameters:
    ///   - place: laid out for this task.
    ///   - options: of the run; what is selected is decided here.
    /// - Throws: as `Workplace.run`.
    package func run(at place: Workplace, _ options: RunOptions) async throws -> RunSummary {
        var options = options.selecting(ReleaseSelections.again(goal, refresh: false))
        if case .setUp(_, let lasts, _, _) = self {
            options.verify = lasts
            options.selection.refresh = try await startsMachine(lasts, place, options.selection)
        }
        return try await place.run(options)
    }

    /// Whether a machine is started: of the newest base image then.
    private func startsMachine(
        _ lasts: Bool, _ place: Workplace, _ goal: Selection
    ) async throws -> Bool {
        guard lasts else { return true }
        // One that lasts and is there is not listed; whether it is, only AWS knows.
        return try await place.plan(goal, verify: true).plan["machine"] != nil
    }
}
