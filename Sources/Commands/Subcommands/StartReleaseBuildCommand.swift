import ArgumentParser
import Releasing

/// The command `dssbatch start-release-build`: a build on CodeBuild that completes a release.
struct StartReleaseBuildCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "start-release-build",
        abstract: "Starts the build that makes a release of GitHub, and follows it.",
        discussion: """
            Starts a build of the project that `dssbatch setup-release-codebuild` has made. It \
            makes the release of the manifest in the branch that it builds, and completes the \
            release on GitHub. The build's id goes to standard output; its phases and its log \
            are shown as they come, until it ends: exit status 0 where it succeeded, else 1. \
            Ctrl-C asks whether to stop the build; without a terminal it goes on.

            --asset-id is handed to the build. --set changes what this command reads here \
            (region and repository), not what the build reads. Examples:
              dssbatch start-release-build --release-id 123456 --branch main
              dssbatch start-release-build --upload-url "$UPLOAD_URL" --no-wait
            """)

    @OptionGroup var preset: PresetOptions

    @Option(
        help: ArgumentHelp(
            "The release's upload_url, as GitHub's events and actions have it.", valueName: "url"))
    var uploadUrl: String?

    @Option(
        help: ArgumentHelp(
            "Id of the release (a number, not its tag), instead of --upload-url.",
            valueName: "number"))
    var releaseId: Int64?

    @Option(help: "Branch, tag or commit to build; without it the project's own branch.")
    var branch: String?

    @OptionGroup(title: "Build") var build: BuildOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let release = try preset.session(global, call)
        let request = ReleaseBuild.Request(
            branch: branch, assetId: preset.changes.assetId,
            releaseId: try UploadAddress.releaseId(
                uploadUrl: uploadUrl, releaseId: releaseId,
                repository: release.manifest.release?.repository))
        return try await release.build(build) { work, project in
            try await work.start(request, of: project)
        }
    }
}
