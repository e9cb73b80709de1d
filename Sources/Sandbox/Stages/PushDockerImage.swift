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
    let services: SandboxServices

    package var name: StageName { "docker-push" }
    package var group: String { "docker" }
    package var revision: Int { 1 }
    package var isShareable: Bool { true }
    package var upstream: [StageName] { [BuildDockerImage.stageName] }

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
        var digests: [String] = []
        for (index, tag) in built.tags.enumerated() {
            let reference = try docker.repository.tagged(tag)
            // Somebody may have moved the name meanwhile.
            try await engine.tag(built.imageId, as: reference)
            let digest = try await engine.push(reference, credentials: credentials) { progress in
                let done = 100 * index + progress.percent
                context.progress(
                    Double(done) / Double(built.tags.count),
                    "pushing \(reference): \(progress.message)")
            }
            digests.append(digest)
        }
        guard let digest = digests.first else {
            throw Diagnostic(
                code: "docker.no-tag", summary: "the image `\(built.image)` has no tag",
                hint: "make it again: `--force \(BuildDockerImage.stageName)`")
        }
        return Outputs(
            image: built.image, digest: digest, tags: built.tags,
            registry: docker.repository.registry)
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
        guard let run = facts.run, run.outputs?["image"]?.stringValue == "\(docker.image)",
            facts.material?.inputs != run.inputs
        else { return StageEffects(creates: creates) }
        let date = run.finishedAt.prefix(10)
        return StageEffects(
            creates: creates,
            replaces: [.init("Docker image \(docker.image)", publication: "pushed on \(date)")])
    }

    package func identity(of outputs: Outputs) -> String { outputs.image }

    private func credentials() async throws -> RegistryCredentials {
        try await services.registryLogin.credentials(
            for: docker.repository, user: docker.registryUser,
            password: services.secrets.registryPassword)
    }
}
