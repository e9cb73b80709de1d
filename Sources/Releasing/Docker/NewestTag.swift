import Diagnostics
import DockerEngine

/// Decides whether the tag `latest` goes to an image, by the version that has it now.
///
/// That version is the label of the image itself: an engine and a registry know it whoever made
/// the image, on whichever machine.
struct NewestTag: Sendable {
    let docker: ReleaseManifest.Docker
    let engine: any ContainerEngine

    /// The image that has the tag, in the engine or its registry.
    private var reference: ImageReference {
        get throws { try docker.repository.tagged(ReleaseManifest.Docker.newestTag) }
    }

    /// Whether it goes to this release's image in the engine.
    func movesInEngine() async throws -> Bool {
        guard docker.movesNewestTag else { return false }
        let present = try await engine.inspectImage(reference.description)
        return VersionOrder.isNewest(docker.version, beside: present.flatMap(Self.version))
    }

    /// Whether it goes to this release's image in the registry, whose image is fetched by its
    /// digest, which moves no tag, where the engine does not have it.
    ///
    /// - Parameter warn: told where that cannot be found out, and the tag stays where it is.
    func movesInRegistry(
        _ credentials: RegistryCredentials, warn: (String) -> Void
    ) async throws -> Bool {
        guard docker.movesNewestTag else { return false }
        let newest = try reference
        guard let digest = try await engine.distributionDigest(newest, credentials: credentials)
        else { return true }
        let pinned = try ImageReference("\(docker.repository.name)@\(digest)")
        do {
            let present = try await image(pinned, credentials)
            return VersionOrder.isNewest(docker.version, beside: present.flatMap(Self.version))
        } catch let problem as Diagnostic where problem.code == "docker.pull-failed" {
            warn(
                "`\(newest)` stays where it is: its version cannot be read "
                    + "(\(problem.causes.first ?? problem.summary)); `/docker/tags` moves it "
                    + "whatever it is")
            return false
        }
    }

    private func image(
        _ pinned: ImageReference, _ credentials: RegistryCredentials
    ) async throws -> EngineImage? {
        if let known = try await engine.inspectImage(pinned.description) { return known }
        try await engine.pull(pinned, credentials: credentials) { _ in }
        let image = try await engine.inspectImage(pinned.description)
        try await engine.removeImage(pinned.description)
        return image
    }

    /// Of a sandbox; what a base image says of itself is none.
    private static func version(of image: EngineImage) -> String? {
        guard image.labels[ResourceNames.assetTag] != nil else { return nil }
        return image.labels[SandboxImage.versionLabel]
    }
}
