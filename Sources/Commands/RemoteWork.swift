import Diagnostics
import FoundationEssentials
import JSON
import Sandbox

/// A build, or a batch of them, that a command starts on CodeBuild, follows, and leaves or stops.
struct RemoteWork: Sendable {
    /// `build` or `batch`.
    let kind: String
    let output: EventOutput
    let isJSON: Bool
    let start: @Sendable (BuildProject) async throws -> String
    let follow: @Sendable (String, BuildProject) async throws -> Void
    let stop: @Sendable (String) async throws -> Void

    /// Starts it, and follows it where that is wanted.
    ///
    /// - Parameter find: looks the project up.
    /// - Throws: `codebuild.*`.
    func run(
        _ options: BuildOptions, find: @Sendable () async throws -> BuildProject
    ) async throws -> ExitStatus {
        let project: BuildProject
        do {
            project = try await find()
            try Task.checkCancellation()
        } catch  where Task.isCancelled {
            output.console.writeError("interrupted: no \(kind) was started\n")
            return .interrupted
        }
        // Not cancelled half-way: nobody would know of what was started then.
        let (begin, found) = (start, project)
        let id = try await Task.detached { try await begin(found) }.value
        guard !options.noWait else { return .fresh }
        do {
            try await follow(id, project)
        } catch  where Task.isCancelled {
            await Task.detached { await leave(id) }.value
            return .interrupted
        }
        return .fresh
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

    /// Says something of a build: ids are data, what happens in it is said.
    static func show(_ note: BuildNote, _ output: EventOutput, isJSON: Bool, at now: Date) {
        switch note {
        case _ where isJSON: output.printLine(note.json(at: now).compactText)
        case .started(let id), .batchStarted(let id): output.printLine(id)
        default: break
        }
        output.say(note.text)
    }
}
