package import BuildGraph
import Diagnostics
import DockerEngine
import JSON

/// Sends the Docker image to its registry under each of its tags.
package struct PushDockerImage: Stage {
    /// The image as its registry has it.
    package struct Outputs: Codable, Sendable, Equatable {
        /// Repository and version.
        package let image: String
        /// The digest of its manifest, which `docker pull REPOSITORY@DIGEST` takes.
        package let digest: String
        package let tags: [String]
        /// Host and port.
        package let registry: String
    }

    let docker: ReleaseManifest.Docker
    let services: Services

    package var name: StageName { "docker-push" }
    package var group: String { "docker" }
    package var revision: Int { 1 }
    package var isShareable: Bool { true }
    package var upstream: [StageName] { [BuildDockerImage.stageName] }
    package var inputs: [StageInput] {
        // What every release of before was pushed with is no input, so that none is stale.
        if docker.movesNewestTag { return [] }
        return [.setting(pointer: Self.tagsPointer, value: .array(docker.tags.map { .string($0) }))]
    }

    private var engine: any ContainerEngine { services.engine }

    package func preflight(_ context: StageContext) async throws {
        _ = try await credentials()
        _ = try await engine.ping()
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let built = try context.output(of: BuildDockerImage.self)
        let credentials = try await credentials()
        guard try await engine.inspectImage(built.imageId) != nil else {
            throw Diagnostic(
                code: "docker.image-gone",
                summary: "the engine no longer has the image `\(built.image)` that was made",
                hint: "make it again: `--force \(BuildDockerImage.stageName)`")
        }
        var digest: String?
        for tag in docker.tags {
            let pushed = try await push(built.imageId, as: tag, credentials, context)
            digest = digest ?? pushed
        }
        guard let digest else {
            throw Diagnostic(
                code: "docker.no-tag", summary: "the image `\(built.image)` has no tag",
                hint: "make it again: `--force \(BuildDockerImage.stageName)`")
        }
        let isNewest = try await services.newestTagTurn.withSlot {
            let newest = NewestTag(docker: docker, engine: engine)
            guard try await newest.movesInRegistry(credentials, warn: context.warn) else {
                return false
            }
            let tag = ReleaseManifest.Docker.newestTag
            _ = try await push(built.imageId, as: tag, credentials, context)
            return true
        }
        return Outputs(
            image: built.image, digest: digest,
            tags: docker.tags + (isNewest ? [ReleaseManifest.Docker.newestTag] : []),
            registry: docker.repository.registry)
    }

    /// Pushes the image under one tag, which somebody may have moved meanwhile.
    ///
    /// - Returns: the digest of its manifest.
    private func push(
        _ id: String, as tag: String, _ credentials: RegistryCredentials, _ context: StageContext
    ) async throws -> String {
        let reference = try docker.repository.tagged(tag)
        try await engine.tag(id, as: reference)
        return try await engine.push(reference, credentials: credentials) { progress in
            context.progress(
                Double(progress.percent), "pushing \(reference): \(progress.message)")
        }
    }

    /// Docker's images lie in an engine and a registry.
    package var isOfCloud: Bool { false }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        let found = try await engine.distributionDigest(
            ImageReference(outputs.image), credentials: try await credentials())
        return found == outputs.digest
            ? .exists : .missing("image \(outputs.image) in its registry")
    }

    /// A version that was pushed is replaced where another image goes under its name.
    package func effects(_ facts: StageEffects.Facts) -> StageEffects {
        let creates = ["\(docker.image) in its registry"]
        if facts.isLost(name) {
            let name = "\(docker.image)"
            let published = PublishedThings(facts.results)
            guard published.named.contains(name) else { return StageEffects(creates: creates) }
            return StageEffects(
                creates: creates,
                replaces: [
                    .init(
                        "Docker image \(name)",
                        publication: published.publication(of: name, madeAt: ""))
                ])
        }
        guard let run = facts.run, run.outputs?["image"]?.stringValue == "\(docker.image)",
            facts.material.map({ Self.makings($0.inputs) }) != Self.makings(run.inputs)
        else { return StageEffects(creates: creates) }
        let date = run.finishedAt.prefix(10)
        return StageEffects(
            creates: creates,
            replaces: [.init("Docker image \(docker.image)", publication: "pushed on \(date)")])
    }

    private static let tagsPointer = "/docker/tags"

    /// What the image itself comes from: more names for the same image replace nothing.
    private static func makings(_ inputs: [String: String]) -> [String: String] {
        inputs.filter { $0.key != "setting:\(tagsPointer)" }
    }

    package func identity(of outputs: Outputs) -> String { outputs.image }

    private func credentials() async throws -> RegistryCredentials {
        try await services.registryLogin.credentials(
            for: docker.repository, user: docker.registryUser,
            password: services.secrets.registryPassword)
    }
}
