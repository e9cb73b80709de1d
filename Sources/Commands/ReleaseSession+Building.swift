import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
import Sandbox

extension ReleaseSession {
    /// Starts a build on CodeBuild, and follows it where that is wanted.
    ///
    /// - Parameter start: starts it, and returns its id.
    /// - Throws: `codebuild.*`.
    func build(
        _ options: BuildOptions,
        start: @escaping @Sendable (ReleaseBuild, BuildProject) async throws -> String
    ) async throws -> ExitStatus {
        let (output, release, time) = (session.output, release, session.services.time)
        let show: @Sendable (BuildNote) -> Void = { output.show($0, at: time.now()) }
        let build = ReleaseBuild(
            services: session.services, region: manifest.region, onNote: show)
        let work = RemoteWork<BuildProject>(
            kind: "build", output: output, start: { try await start(build, $0) },
            follow: { try await build.follow($0, of: $1) }, stop: { try await build.stop($0) })
        return try await Interruptible(saysInterrupted: false).run(output) {
            let project = try await work.before {
                try await release.buildProject(stack: options.stackName) { show(.warning($0)) }
            }
            switch try await work.run(project, waits: !options.noWait) {
            case .left, .ended(nil): return .fresh
            case .interrupted: return .interrupted
            case .ended(let problem?): throw problem
            }
        }
    }
}
