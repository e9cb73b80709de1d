import Diagnostics
import Foundation
import JSON
import Sandbox

extension Session {
    /// Starts a build on CodeBuild, and follows it where that is wanted.
    ///
    /// - Parameter start: starts it, and returns its id.
    /// - Throws: `codebuild.*`; `Exit` with the status of a signal.
    func build(
        _ options: BuildOptions,
        start: @escaping @Sendable (ReleaseBuild, BuildProject) async throws -> String
    ) async throws {
        let region = try manifest.region
        let work = ReleaseBuild(services: services, region: region) { show($0) }
        let result = await Interruptible().run {
            let project: BuildProject
            do {
                project = try await BuildProject.find(
                    stack: options.stackName, region: region, services: services)
                try Task.checkCancellation()
            } catch  where Task.isCancelled {
                StandardStreams.writeError("interrupted: no build was started\n")
                return ExitStatus.interrupted
            }
            // Not cancelled half-way: nobody would know of a build that was started then.
            let id = try await Task.detached { try await start(work, project) }.value
            guard !options.noWait else { return ExitStatus.fresh }
            do {
                try await work.follow(id, of: project)
            } catch  where Task.isCancelled {
                await Task.detached { await leave(id, work) }.value
                return ExitStatus.interrupted
            }
            return ExitStatus.fresh
        }
        output.finish()
        let status = try result.get()
        if status != ExitStatus.fresh { throw Exit(status: status) }
    }

    /// A build that was interrupted here is stopped only if somebody says so.
    private func leave(_ id: String, _ work: ReleaseBuild) async {
        output.finish()
        var becomes = "goes on"
        if await StopQuestion.ask(about: id) {
            do {
                try await work.stop(id)
                becomes = "is stopped"
            } catch {
                StandardStreams.writeError("\(Diagnostic.from(error))\n")
            }
        }
        StandardStreams.writeError("interrupted: build \(id) \(becomes)\n")
    }

    /// The id is data; what happens in the build is said.
    private func show(_ note: BuildNote) {
        if options.json {
            output.printLine(note.json(at: services.time.now()).compactText)
        } else if case .started(let id) = note {
            output.printLine(id)
        }
        output.say(note.text)
    }
}
