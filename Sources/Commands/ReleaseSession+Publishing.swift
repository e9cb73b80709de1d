import BuildGraph
import Diagnostics
import FoundationEssentials
import Sandbox

extension ReleaseSession {
    /// Makes the images of the release public, without ever making one.
    ///
    /// - Throws: `ami.unfinished`, `ami.not-recorded`, `ami.nothing-to-publish`.
    func publishImages(_ running: RunningOptions) async throws -> ExitStatus {
        guard manifest.ami.isPublic else {
            throw Diagnostic(
                code: "usage.contradiction", severity: .configuration,
                summary: "`--set` makes the images private, and this command makes them public",
                hint: "leave `/ami/public` out of the command line")
        }
        let (plan, world) = try await session.plan(Selection(), verify: false)
        let image = plan["ami"]
        let route = try PublicationRoute.choose(
            hasImage: image?.outputs != nil,
            staleBecause: image.flatMap {
                $0.state == .fresh ? nil : $0.reasons.first?.description
            },
            hasResult: world.results["ami"] != nil,
            isUnfinished: world.interrupted.contains("ami"), manifest: manifest.path)
        switch route {
        case .stage(let reason):
            if let reason {
                session.emit(
                    .warning("the recorded image is not what the manifest asks for now: \(reason)"))
            }
            var options = running.options(
                session,
                try Selection(only: ["ami-public"], force: [], skip: ["ami"], in: session.graph))
            options.verify = true
            return try await session.runToEnd(options)
        case .tags:
            return try await Interruptible().run(session.output) { try await publishTagged() }
        }
    }

    private func publishTagged() async throws -> ExitStatus {
        let time = SystemTimeSource()
        let start = time.monotonicSeconds()
        session.emit(.warning("no results of this release here: its images are found by their tag"))
        try await TaggedImages(manifest: manifest, aws: session.services.aws).publish(
            onPublic: {
                session.emit(.stageProgress(percent: nil, message: $0), stage: "ami-public")
            },
            warn: { session.emit(.warning($0), stage: "ami-public") })
        session.emit(.runFinished(.succeeded, seconds: time.monotonicSeconds() - start))
        return .fresh
    }
}
