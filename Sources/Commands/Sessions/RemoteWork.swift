import Diagnostics
import FoundationEssentials
import JSON
import Releasing

/// A build, or a batch of them, that a command starts on CodeBuild, follows, and leaves or stops.
struct RemoteWork<Order: Sendable>: Sendable {
    /// What became of it.
    enum End: Sendable {
        /// It goes on by itself.
        case left
        case interrupted
        /// It ended; badly where there is a problem.
        case ended(Diagnostic?)
    }

    /// `build` or `batch`.
    let kind: String
    let output: EventOutput
    /// Says what there is to start.
    let start: @Sendable (Order) async throws -> String
    let follow: @Sendable (String, Order) async throws -> Diagnostic?
    let stop: @Sendable (String) async throws -> Void

    /// Does what comes before the start; an interruption is said.
    func before<Outcome>(
        _ work: @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        do {
            let outcome = try await work()
            try Task.checkCancellation()
            return outcome
        } catch  where Task.isCancelled {
            output.console.writeError("interrupted: no \(kind) was started\n")
            throw CancellationError()
        }
    }

    /// Starts it, and follows it where that is wanted.
    ///
    /// - Throws: `codebuild.*`.
    func run(_ order: Order, waits: Bool) async throws -> End {
        // Not cancelled half-way: nobody would know of what was started then.
        let begin = start
        let id = try await Task.detached { try await begin(order) }.value
        guard waits else { return .left }
        do {
            return .ended(try await follow(id, order))
        } catch  where Task.isCancelled {
            await Task.detached { await leave(id) }.value
            return .interrupted
        }
    }

    /// What was interrupted here is stopped only if somebody says so.
    private func leave(_ id: String) async {
        output.finish()
        var becomes = "goes on"
        if await StopQuestion.ask(about: "\(kind) \(id)", output.console) {
            do {
                try await stop(id)
                becomes = "is stopped"
            } catch {
                output.console.writeError("\(Diagnostic.from(error))\n")
            }
        }
        output.console.writeError("interrupted: \(kind) \(id) \(becomes)\n")
    }
}

extension EventOutput {
    /// Says something of a build: ids are data, what happens in it is said.
    func show(_ note: BuildNote, at now: Date) {
        switch note {
        case _ where isJSON: printLine(note.json(at: now).compactText)
        case .started(let id), .batchStarted(let id): printLine(id)
        default: break
        }
        say(note.text)
    }
}
