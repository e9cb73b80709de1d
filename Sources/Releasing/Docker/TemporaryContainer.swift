import BuildGraph
import Diagnostics
import DockerEngine

/// A container that is gone when the work in it ends, however it ends.
struct TemporaryContainer: Sendable {
    let specification: ContainerSpecification
    let engine: any ContainerEngine

    /// Starts it, works in it and removes it.
    ///
    /// - Parameters:
    ///   - keeps: leaves it running, and says so.
    ///   - work: gets the container's id.
    func use<T: Sendable>(
        _ context: StageContext, keeps: Bool = false, _ work: (String) async throws -> T
    ) async throws -> T {
        let entry = try await context.journal.intend(
            .container, at: .engine, name: specification.name)
        let result: Result<T, any Error>
        do {
            let id = try await engine.createContainer(specification)
            try await context.journal.created(entry, id: id)
            try await engine.start(id)
            result = .success(try await work(id))
        } catch {
            result = .failure(error)
        }
        if keeps {
            await keep(entry, untilNextRun: (try? result.get()) == nil, context)
        } else {
            await remove(entry, context)
        }
        return try result.get()
    }

    /// - Parameter untilNextRun: whether the stage failed, so that no result ends the entry.
    private func keep(
        _ entry: JournalEntryID, untilNextRun: Bool, _ context: StageContext
    ) async {
        let name = specification.name
        context.warn(
            "container `\(name)` is kept: enter it with `docker exec -it \(name) bash`; "
                + (untilNextRun
                    ? "the next run removes it" : "remove it with `docker rm --force \(name)`"))
        if untilNextRun { return }
        do {
            try await context.journal.kept(entry)
        } catch {
            context.warn("the next run removes it: \(Diagnostic.from(error).summary)")
        }
    }

    /// What went wrong before, or what was made, is what the caller has to hear of: a container
    /// that stays is left to the next run.
    private func remove(_ entry: JournalEntryID, _ context: StageContext) async {
        let (engine, name) = (engine, specification.name)
        do {
            // A task of its own: the cancellation of the run must not leave a container behind,
            // and each call of the engine has a time limit.
            try await Task { try await engine.removeContainer(name) }.value
            try await context.journal.gone(entry)
        } catch {
            context.warn(
                "container `\(name)` stays: \(Diagnostic.from(error).summary) "
                    + "(the next run removes it)")
        }
    }
}
