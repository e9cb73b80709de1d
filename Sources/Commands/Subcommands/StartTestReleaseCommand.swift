import ArgumentParser
import GitHub
import Releasing

/// The command `dssbatch start-test-release`: a draft on GitHub, and the build that completes it.
struct StartTestReleaseCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "start-test-release",
        abstract: "Makes a draft on GitHub, and starts the build that completes it.",
        discussion: """
            The draft is a pre-release of the repository in the manifest's section /release; its \
            tag comes from the title, and nobody but the repository's people sees it. Then \
            goes on like start-release-build. Delete the draft when you are done with it.

            The token is read from GITHUB_TOKEN, else GH_TOKEN, and needs the permission \
            "contents: write". Give an asset id of the test's own, else the build works on the \
            one in the branch's manifest. Examples:
              dssbatch start-test-release --branch mine --release-title "Test 1" --asset-id test-1
              dssbatch start-test-release --branch mine --release-title "Test 1" --no-wait
            """)

    @OptionGroup var preset: PresetOptions

    @Option(help: "Branch that is built, and that the draft's tag would be made from.")
    var branch: String

    @Option(help: ArgumentHelp("Title of the draft.", valueName: "title"))
    var releaseTitle: String

    @OptionGroup(title: "Build") var build: BuildOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let release = try preset.session(global, call)
        let draft = try TestRelease(
            title: releaseTitle, branch: branch, manifest: release.manifest)
        try release.session.services.releases.checkConfiguration()
        let assetId = preset.changes.assetId
        return try await release.build(build) { work, project in
            try await work.start(draft, assetId: assetId, of: project)
        }
    }
}
