import BuildGraph
import Diagnostics
import FoundationEssentials
import Sandbox

extension Session {
    /// Makes the images of the release public, without ever making one.
    ///
    /// - Throws: `ami.unfinished`, `ami.not-recorded`, `ami.nothing-to-publish`.
    func publishImages(_ running: RunningOptions) async throws -> ExitStatus {
        let manifest = try manifest
        guard manifest.ami.isPublic else {
            throw Diagnostic(
                code: "usage.contradiction", severity: .configuration,
                summary: "`--set` makes the images private, and this command makes them public",
                hint: "leave `/ami/public` out of the command line")
        }
        let (plan, world) = try await plan(Selection(), verify: false)
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
                emit(
                    .warning("the recorded image is not what the manifest asks for now: \(reason)"))
            }
            var options = running.options(
                self,
                try Selection(only: ["ami-public"], force: [], skip: ["ami"], in: graph))
            options.verify = true
            return try await runToEnd(options)
        case .tags:
            return try await Interruptible().run(output) { try await publishTagged(manifest) }
        }
    }

    private func publishTagged(_ manifest: ReleaseManifest) async throws -> ExitStatus {
        let time = SystemTimeSource()
        let start = time.monotonicSeconds()
        emit(.warning("no results of this release here: its images are found by their tag"))
        try await TaggedImages(manifest: manifest, aws: services.aws).publish(
            onPublic: { emit(.stageProgress(percent: nil, message: $0), stage: "ami-public") },
            warn: { emit(.warning($0), stage: "ami-public") })
        emit(.runFinished(.succeeded, seconds: time.monotonicSeconds() - start))
        return .fresh
    }
}
