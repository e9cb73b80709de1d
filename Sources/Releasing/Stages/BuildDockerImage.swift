package import BuildGraph
import Diagnostics
import DockerEngine
package import JSON

/// Makes the Docker image: a container of the base image gets the machine's roles, is committed,
/// and shows that it works before it gets its names.
package struct BuildDockerImage: Stage {
    /// The finished image.
    package struct Outputs: Codable, Sendable, Equatable {
        /// Repository and version.
        package let image: String
        /// What the engine knows it by: its id.
        package let digest: String
        /// Its tags in the repository, the version first.
        package let tags: [String]
        /// The same as `digest`, under the name that the engine gives it.
        package let imageId: String
        /// All layers together.
        package let bytes: Int64
        package let baseImage: String
        /// The digest that the base image's registry knows it by, or its id.
        package let baseDigest: String
        package let documents: InventoryDocuments

        enum CodingKeys: String, CodingKey {
            case image, digest, tags, imageId, bytes, baseImage, baseDigest, documents
        }
    }

    let docker: ReleaseManifest.Docker
    let manifest: ReleaseManifest
    let services: Services
    /// Absolute folder for what Ansible writes meanwhile, secrets among it.
    let temporaryFolder: String
    /// Leaves the container for a person to look into.
    let keepsContainer: Bool

    static let stageName: StageName = "docker-image"
    /// What `bytes` was called before.
    static let formerSize = "sizeBytes"

    package var name: StageName { Self.stageName }
    package var group: String { "docker" }
    package var revision: Int { 1 }
    package var inputs: [StageInput] { Self.inputs(docker, of: manifest) }
    package var isShareable: Bool { true }
    package func documents(in outputs: JSONValue) -> [String: String] {
        InventoryDocuments.digests(in: outputs)
    }

    /// What the image is made from: nothing of it is its asset's own but a label.
    static func inputs(
        _ docker: ReleaseManifest.Docker, of manifest: ReleaseManifest
    ) -> [StageInput] {
        let provision = manifest.provision
        let versions = manifest.versions.map {
            StageInput.setting(pointer: "/versions/\($0.key)", value: .string($0.value))
        }
        let network: JSONValue = docker.network.map { .string($0) } ?? nil
        let source = SandboxImage.sourceRepository(of: manifest)
        return versions + [
            .setting(pointer: "/provision/playbook", value: .string(provision.playbook)),
            .setting(pointer: "/provision/variables", value: provision.variables),
            .setting(pointer: "/instance/user", value: .string(manifest.instance.user)),
            .setting(pointer: "/docker/repository", value: .string(docker.repository.name)),
            .setting(pointer: "/docker/baseImage", value: .string(docker.baseImage.description)),
            .setting(pointer: "/docker/network", value: network),
            .setting(pointer: "/release/repository", value: source.map { .string($0) } ?? nil),
            .folder(path: provision.folder),
        ]
    }

    private var engine: any ContainerEngine { services.engine }

    package func preflight(_ context: StageContext) async throws {
        _ = try services.secrets.environment([.jupyter])
        try manifest.project.requireFile(
            manifest.provision.finishPlaybook, location: "\(manifest.path)#/docker")
        _ = try await engine.ping()
    }

    package func removeLeftovers(_ context: StageContext) async throws {
        try await LeftoverRemoval(services: services).removeUnfinished(context)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        try await removeLeftovers(context)
        return try await context.localSlots.withSlot {
            let base = try await baseImage(context)
            let description = try await engine.ping()
            let container = TemporaryContainer(
                specification: ContainerSpecification(
                    name: containerName(context), image: base.id, command: ["infinity"],
                    entryPoint: ["sleep"], user: "root", labels: labels(context),
                    networkMode: try await network()),
                engine: engine)
            return try await container.use(context, keeps: keepsContainer) { id in
                let documents = try await ContainerProvision(
                    container: container.specification.name, engine: description,
                    manifest: manifest, services: services
                ).run(in: temporaryFolder, context)
                return try await makeImage(of: id, base: base, documents, context)
            }
        }
    }

    /// Docker's images lie in an engine and a registry.
    package var isOfCloud: Bool { false }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        try await engine.inspectImage(outputs.image)?.id == outputs.imageId
            ? .exists : .missing("image \(outputs.image)")
    }

    package var alwaysDiffers: Bool { true }

    package func effects(_ facts: StageEffects.Facts) -> StageEffects {
        StageEffects(creates: ["the Docker image \(docker.image)"])
    }

    package func identity(of outputs: Outputs) -> String { outputs.image }

    /// The base image, pulled only where the engine does not have it.
    private func baseImage(_ context: StageContext) async throws -> EngineImage {
        let reference = docker.baseImage
        if let image = try await engine.inspectImage(reference.description) { return image }
        let credentials = try await services.registryLogin.credentials(
            for: reference, user: nil, password: nil)
        try await engine.pull(reference, credentials: credentials) { progress in
            context.progress(nil, "pulling \(reference): \(progress.message)")
        }
        guard let image = try await engine.inspectImage(reference.description) else {
            throw Diagnostic(
                code: "docker.no-base-image",
                summary: "the engine has no `\(reference)` though it was pulled",
                hint: "pull it by hand (`docker pull \(reference)`), then run the command again")
        }
        return image
    }

    private func network() async throws -> String {
        if let network = docker.network { return network }
        return try await engine.hasNetwork("bridge") ? "bridge" : "host"
    }

    /// Commits the container under a name of this run, and gives the image its own names once it
    /// has shown that it works.
    private func makeImage(
        of container: String, base: EngineImage, _ documents: InventoryDocuments,
        _ context: StageContext
    ) async throws -> Outputs {
        let baseDigest = Self.digest(of: base, docker.baseImage)
        let image = SandboxImage(
            manifest: manifest, baseName: "\(docker.baseImage.fullName):\(baseTag)",
            baseDigest: baseDigest, createdAt: context.time.now())
        let unproven = try docker.repository.tagged(Self.unprovenTag(runId: context.runId))
        let entry = try await context.journal.intend(
            .dockerImage, at: .engine, name: unproven.description)
        let result: Result<Outputs, any Error>
        do {
            context.progress(nil, "committing the image")
            let id = try await engine.commit(
                container, as: unproven, configuration: image.configuration,
                message: "\(SandboxImage.title) \(docker.tags.first ?? "")")
            try await context.journal.created(entry, id: id)
            try await prove(id, context)
            let tags = try await services.newestTagTurn.withSlot { try await name(id) }
            let found = try await engine.inspectImage(id)
            result = .success(
                Outputs(
                    image: docker.image.description, digest: id, tags: tags,
                    imageId: id, bytes: found?.sizeBytes ?? 0,
                    baseImage: docker.baseImage.description, baseDigest: baseDigest,
                    documents: documents))
        } catch {
            result = .failure(error)
        }
        await forget(unproven, entry, isKept: (try? result.get()) != nil, context)
        return try result.get()
    }

    private var baseTag: String { docker.baseImage.tag ?? docker.baseImage.digest ?? "" }

    private func prove(_ image: String, _ context: StageContext) async throws {
        // Without a network nothing else can take its port, and nobody can reach it.
        let container = TemporaryContainer(
            specification: ContainerSpecification(
                name: "\(containerName(context))-proof", image: image, labels: labels(context),
                networkMode: "none"),
            engine: engine)
        try await ImageProof(engine: engine).run(container, context)
    }

    /// Moves the tags to the image, and removes the one that it takes the place of.
    ///
    /// - Returns: the tags.
    private func name(_ id: String) async throws -> [String] {
        let old = try await engine.inspectImage(docker.image.description)
        let isNewest = try await NewestTag(docker: docker, engine: engine).movesInEngine()
        let tags = docker.tags + (isNewest ? [ReleaseManifest.Docker.newestTag] : [])
        for tag in tags { try await engine.tag(id, as: docker.repository.tagged(tag)) }
        let names = try Set(tags.map { try docker.repository.tagged($0).description })
        guard let old, old.id != id, Set(old.tags).isSubset(of: names),
            old.labels[ResourceNames.assetTag] == manifest.assetId.text
        else { return tags }
        do {
            try await engine.removeImage(old.id)
        } catch let problem as Diagnostic where problem.code == "docker.409" {
            // Somebody runs it: it goes when they remove it.
        }
        return tags
    }

    /// Takes the name of this run away, and with it an image that got no other.
    ///
    /// - Parameter isKept: whether the image has its own names.
    private func forget(
        _ reference: ImageReference, _ entry: JournalEntryID, isKept: Bool,
        _ context: StageContext
    ) async {
        let (engine, name) = (engine, reference.description)
        do {
            try await Task { try await engine.removeImage(name) }.value
            if isKept {
                try await context.journal.kept(entry)
            } else {
                try await context.journal.gone(entry)
            }
        } catch {
            context.warn(
                "name `\(name)` stays: \(Diagnostic.from(error).summary) "
                    + "(the next run removes it)")
        }
    }

    private func containerName(_ context: StageContext) -> String {
        ResourceNames.container(assetId: manifest.assetId.text, runId: context.runId)
    }

    /// The tag that a run gives to an image before it has shown that it works.
    static func unprovenTag(runId: String) -> String { "unproven-\(runId.prefix(8))" }

    private func labels(_ context: StageContext) -> [String: String] {
        [
            ResourceNames.assetTag: manifest.assetId.text, ResourceNames.runTag: context.runId,
        ]
    }

    /// The digest under which the registry of `reference` has an image, else its id.
    private static func digest(of image: EngineImage, _ reference: ImageReference) -> String {
        let prefix = "\(reference.name)@"
        let known = image.repositoryDigests.first { $0.hasPrefix(prefix) }
        return known.map { String($0.dropFirst(prefix.count)) } ?? image.id
    }
}
