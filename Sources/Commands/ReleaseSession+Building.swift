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
        let region = manifest.region
        let (services, isBound) = (session.services, manifest.account != nil)
        let build = ReleaseBuild(services: services, region: region) { show($0) }
        let work = RemoteWork(
            kind: "build", output: session.output, isJSON: session.options.json,
            start: { try await start(build, $0) }, follow: { try await build.follow($0, of: $1) },
            stop: { try await build.stop($0) })
        return try await Interruptible(saysInterrupted: false).run(session.output) {
            try await work.run(options) {
                if isBound { try await services.realms?.ask() }
                let project = try await BuildProject.find(
                    stack: options.stackName, region: region, services: services)
                try await project.requireNeeds(region: region, services: services) {
                    show(.warning($0))
                }
                return project
            }
        }
    }

    private func show(_ note: BuildNote) {
        RemoteWork.show(
            note, session.output, isJSON: session.options.json, at: session.services.time.now())
    }
}
