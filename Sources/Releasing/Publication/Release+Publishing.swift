package import BuildGraph
import Diagnostics

/// `make-ami-public`: never makes an image.
extension Release {
    /// How the images became public.
    package enum Publication: Sendable {
        /// By stage `ami-public`, which is recorded.
        case recorded(RunSummary)
        /// By their tag, of which nothing is recorded.
        case tagged(seconds: Double)
    }

    /// Makes the images of the release public.
    ///
    /// - Parameter options: of the run, where there is one; what is selected is decided here.
    /// - Throws: `usage.contradiction`, `ami.unfinished`, `ami.not-recorded`,
    ///   `ami.nothing-to-publish`; as `Workplace.run`.
    package func publishImages(_ options: RunOptions) async throws -> Publication {
        guard manifest.ami.isPublic else {
            throw Diagnostic(
                code: "usage.contradiction", severity: .configuration,
                summary: "`--set` makes the images private, and this command makes them public",
                hint: "leave `/ami/public` out of the command line")
        }
        switch try await publicationRoute() {
        case .stage(let reason):
            if let reason {
                place.events.emit(
                    .warning("the recorded image is not what the manifest asks for now: \(reason)"))
            }
            var options = options
            options.selection = Selection(only: ["ami-public"], skip: ["ami"])
            options.verify = true
            return .recorded(try await place.run(options))
        case .tags: return .tagged(seconds: try await publishTagged())
        }
    }

    /// Decides by what is recorded.
    private func publicationRoute() async throws -> PublicationRoute {
        let (plan, world) = try await place.plan(Selection(), verify: false)
        let image = plan["ami"]
        return try PublicationRoute.choose(
            hasImage: image?.outputs != nil,
            staleBecause: image.flatMap {
                $0.state == .fresh ? nil : $0.reasons.first?.description
            },
            hasResult: world.results["ami"] != nil,
            isUnfinished: world.isInterrupted("ami"), manifest: manifest.path)
    }

    /// - Returns: how long it took, in seconds.
    private func publishTagged() async throws -> Double {
        let (events, start) = (place.events, place.time.monotonicSeconds())
        events.emit(
            .warning("no results of this release here: its images are found by their tag"))
        try await TaggedImages(manifest: manifest, aws: services.aws).publish(
            onPublic: {
                events.emit(.stageProgress(percent: nil, message: $0), stage: "ami-public")
            },
            warn: { events.emit(.warning($0), stage: "ami-public") })
        return place.time.monotonicSeconds() - start
    }
}
