import ArgumentParser
import BuildGraph
import JSON
import Releasing

/// The command `dssbatch update-release`: the stage `github-release` from what is recorded.
struct UpdateReleaseCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "update-release",
        abstract: "Puts a release's notes and documents on its page at GitHub.",
        discussion: """
            Reads release.json, artifacts.md, the inventories and the SBOMs beside the results, \
            and nothing of AWS. The release has to be there: its notes get a section between two \
            invisible markers, and the files become its assets. What people wrote, title, draft \
            and pre-release state stay. Run it as often as you like: what is right already is left \
            alone, what somebody changed within the section is put right.

            The token is read from GITHUB_TOKEN, else GH_TOKEN, and needs the permission \
            "contents: write"; GITHUB_API_URL names a GitHub Enterprise Server. Instead of \
            --release-id, DSS_RELEASE_ID may name the release. Examples:
              dssbatch update-release --release-id 123456
              dssbatch update-release --release-id 123456 --asset-id 3.4.0 --results out
              gh api repos/OWNER/NAME/releases --jq '.[] | [.id, .tag_name, .draft]'
            """)

    @OptionGroup var preset: PresetOptions

    @Option(
        help: ArgumentHelp(
            "Id of the release (a number, not its tag); replaces /release/id.", valueName: "number")
    )
    var releaseId: Int64?

    @Option(help: "Repository as OWNER/NAME; replaces /release/repository.")
    var repository: String?

    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    /// What the options set, in the notation of `--set`.
    var settings: [String] {
        Setting.texts([
            ("/release/repository", repository.map { .string($0) }),
            ("/release/id", releaseId.map { .integer($0) }),
        ])
    }

    func run(_ call: Invocation) async throws -> ExitStatus {
        let release = try preset.session(
            global, call, settings: settings, layout: .recordedDocuments)
        try release.manifest.requireRelease()
        let session = release.session
        var options = running.options(
            call.console,
            try await RecordedRelease.selection(in: session.store))
        options.verify = true
        return try await session.run(options)
    }
}
