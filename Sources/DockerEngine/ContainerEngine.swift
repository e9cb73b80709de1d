/// A Docker engine as the sandbox uses it; the real one is `DockerEngineClient`.
///
/// Containers are named by id or name, images by id or reference. Every call ends within a time
/// limit. All throw `docker.unreachable` where the engine does not answer, and `docker.<status>`
/// where it refuses.
package protocol ContainerEngine: Sendable {
    /// Asks whether it is there, and speaks a version that this client speaks too.
    ///
    /// - Throws: `docker.version` of severity `.configuration`, `docker.host`.
    func ping() async throws -> EngineDescription

    // MARK: Images

    /// Fetches an image from its registry; one that is up to date is not fetched again.
    ///
    /// - Throws: `docker.pull-failed` with the registry's words.
    func pull(
        _ reference: ImageReference, credentials: RegistryCredentials,
        onProgress: @escaping @Sendable (TransferProgress) async -> Void
    ) async throws

    /// What is known of an image; nil where the engine has none of that name.
    func inspectImage(_ name: String) async throws -> EngineImage?

    /// Makes an image of a container, which it pauses meanwhile.
    ///
    /// Not repeated: each call makes an image of its own.
    ///
    /// - Returns: the image's id.
    func commit(
        _ container: String, as reference: ImageReference, configuration: ImageConfiguration,
        message: String
    ) async throws -> String

    /// Gives an image another name; one that another image had moves over.
    func tag(_ image: String, as reference: ImageReference) async throws

    /// Sends an image to its registry.
    ///
    /// - Returns: the digest of its manifest.
    /// - Throws: `docker.push-refused` with the registry's words, `docker.push-broken` where the
    ///   engine breaks off.
    func push(
        _ reference: ImageReference, credentials: RegistryCredentials,
        onProgress: @escaping @Sendable (TransferProgress) async -> Void
    ) async throws -> String

    /// The digest under which a registry has an image; nil where it has none.
    func distributionDigest(
        _ reference: ImageReference, credentials: RegistryCredentials
    ) async throws -> String?

    /// Removes a name of an image, and the image with its last name; none is no error.
    ///
    /// - Parameter name: a reference, or the id of an image that has no name.
    /// - Throws: `docker.409` where a container is made of it.
    func removeImage(_ name: String) async throws

    // MARK: Containers

    /// Whether there is a network of that name.
    func hasNetwork(_ name: String) async throws -> Bool

    /// Creates a container without starting it.
    ///
    /// A container of the same name that carries all of its labels is the one that an answer was
    /// lost for, and is returned.
    ///
    /// - Returns: its id.
    /// - Throws: `docker.name-taken` where somebody else has the name.
    func createContainer(_ specification: ContainerSpecification) async throws -> String

    /// Starts a container; one that runs is no error.
    func start(_ container: String) async throws

    /// Ends a container's program with its stop signal, and kills it where that does not help.
    ///
    /// - Parameter graceSeconds: between signal and kill.
    /// - Returns: the program's exit status; 137 where it had to be killed.
    /// - Throws: `docker.404` where there is no such container.
    func stop(_ container: String, graceSeconds: Int) async throws -> Int

    /// How a container is; nil where there is none.
    func inspectContainer(_ container: String) async throws -> ContainerState?

    /// The end of what a container's program wrote.
    ///
    /// - Parameter lines: how many at most.
    func logTail(_ container: String, lines: Int) async throws -> String

    /// Removes a container, running or not, with its anonymous volumes; none is no error.
    func removeContainer(_ container: String) async throws

    /// All containers, running or not, with a label.
    ///
    /// - Parameters:
    ///   - label: its name.
    ///   - value: its value; nil for any.
    func findContainers(label: String, value: String?) async throws -> [ContainerState]
}
