import Diagnostics
package import DockerEngine
import JSON
import OrderedCollections

extension ReleaseManifest {
    /// The section `/docker`.
    package struct Docker: Sendable, Equatable {
        /// Registry and repository, without a tag.
        package let repository: ImageReference
        /// Whether the image is pushed to its registry.
        package let publish: Bool
        /// What the image is made from.
        package let baseImage: ImageReference
        /// Who pushes; nil for whom the Docker configuration names.
        package let registryUser: String?
        /// The network of the container that the image is made in; nil for the engine's `bridge`,
        /// or the host's where the engine has none.
        package let network: String?
        /// The tags that the image gets in any case: the sandbox's version first.
        package let tags: [String]
        /// Whether `latest` goes to it too where no higher version has it.
        package let movesNewestTag: Bool
        /// The sandbox's, which is the first tag.
        package let version: String

        /// The image under its first tag.
        package let image: ImageReference

        static let newestTag = "latest"
        private static let defaultBaseImage = "ubuntu:22.04"

        /// Checks the section.
        ///
        /// - Parameter version: the sandbox's, which becomes a tag.
        init(_ reader: JSONReader, version: String) throws {
            let docker = try reader.object(allowing: [
                "repository", "publish", "baseImage", "registryUser", "network", "tags",
            ])
            let name = try docker.required("repository")
            repository = try Self.reference(name)
            guard repository.tag == nil, repository.digest == nil else {
                throw name.diagnostic(
                    code: "manifest.docker-repository",
                    summary: "`/docker/repository` has a tag or a digest",
                    hint: "leave it out: the tags are `/versions/sandbox` and `/docker/tags`")
            }
            publish = try docker.optional("publish")?.bool() ?? false
            baseImage =
                try docker.optional("baseImage").map(Self.reference)?.withDefaultTag
                ?? ImageReference(Self.defaultBaseImage)
            registryUser = try docker.optional("registryUser")?.nonEmptyString()
            network = try docker.optional("network")?.string(
                allowed: "the name of a Docker network", where: ManifestForm.isNetwork)
            self.version = version
            let given = try docker.optional("tags")?.array {
                try $0.string(allowed: "a Docker tag", where: ImageReference.isTag)
            }
            tags = OrderedSet([version] + (given ?? [])).elements
            movesNewestTag = given == nil && version != Self.newestTag
            do {
                image = try repository.tagged(version)
            } catch {
                throw name.diagnostic(
                    code: "manifest.docker-tag",
                    summary: "the version `\(version)` of `/versions/sandbox` is no Docker tag",
                    hint: "use at most 128 letters, digits and `_ . -`, or leave `/docker` out")
            }
        }

        private static func reference(_ reader: JSONReader) throws -> ImageReference {
            do {
                return try ImageReference(reader.nonEmptyString())
            } catch let problem as Diagnostic where problem.code == "docker.reference" {
                throw reader.diagnostic(
                    code: problem.code, summary: problem.summary, hint: problem.hint ?? "")
            }
        }
    }
}
