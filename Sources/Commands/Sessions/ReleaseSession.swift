import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
import Releasing

/// The session of a command that works on one release.
struct ReleaseSession: Sendable {
    let session: Session
    let release: Release

    var manifest: ReleaseManifest { release.manifest }

    /// See `Session`.
    init(
        _ manifest: ReleaseManifest, _ changes: ManifestChanges, _ options: GlobalOptions,
        _ call: Invocation, named path: String? = nil,
        layout: PipelineLayout = .release(ReleaseLayout()), output: EventOutput? = nil
    ) throws {
        session = try Session(
            .release(manifest), changes, options, call, named: path, layout: layout,
            output: output)
        release = Release(
            manifest: manifest, place: session.workplace,
            machineStore: try session.machineStore, services: session.services)
    }
}

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

extension ReleaseSession {
    /// Asks every check and prints each answer as soon as those before it are there.
    ///
    /// - Parameter besides: types of the other machines that a matrix starts at the same time.
    func examine(besides: [String]) async throws -> ExitStatus {
        let doctor = try await release.doctor(besides: besides)
        let (call, isJSON) = (session.call, session.output.isJSON)
        let text = HealthText(
            names: doctor.names, time: call.time, session.output.dataPalette)
        return try await Interruptible().run(session.output) {
            let answers = try await doctor.examine { answer in
                call.console.printLine(
                    isJSON ? text.json(answer).compactText : text.line(answer))
            }
            return answers.contains { $0.finding.status == .failed } ? .failed : .fresh
        }
    }
}
