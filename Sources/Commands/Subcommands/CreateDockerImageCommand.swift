import ArgumentParser
import BuildGraph
import JSON
import Releasing

/// The command `dssbatch create-docker-image`: the stages of group `docker`, and nothing else.
struct CreateDockerImageCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "create-docker-image",
        abstract: "Makes the Docker image and, where asked to, pushes it.",
        discussion: """
            The same as `dssbatch run MANIFEST --only docker`. The password of a registry's user \
            is read from DOCKER_REGISTRY_PASSWORD; without one, what `docker login` has left is \
            used. Example:
              dssbatch create-docker-image --version 3.4.0 --publish
            """)

    @OptionGroup var preset: PresetOptions

    @Option(help: "Repository of the image; replaces /docker/repository.")
    var repository: String?

    @Option(help: "Version of the sandbox, which becomes a tag; replaces /versions/sandbox.")
    var version: String?

    @Flag(help: "Push the image; replaces /docker/publish.")
    var publish = false

    @Option(help: ArgumentHelp("Who pushes; replaces /docker/registryUser.", valueName: "name"))
    var registryUser: String?

    @Flag(help: "Leave the container that the image is made of, to look into it.")
    var keepContainer = false

    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    /// What the options set, in the notation of `--set`: as JSON, so that a version `3` is a text.
    var settings: [String] {
        Setting.texts([
            ("/docker/repository", repository.map { .string($0) }),
            ("/versions/sandbox", version.map { .string($0) }),
            ("/docker/registryUser", registryUser.map { .string($0) }),
            ("/docker/publish", publish ? true : nil),
        ])
    }

    func run(_ call: Invocation) async throws -> ExitStatus {
        let session = try preset.session(
            global, call, settings: settings,
            layout: .release(ReleaseLayout(keepsContainer: keepContainer))
        ).session
        return try await session.run(
            running.options(
                call.console,
                try Selection(only: ["docker"], force: [], skip: [], in: session.graph)))
    }
}
