import ArgumentParser
import BuildGraph
import Diagnostics
import JSON
import Releasing

/// The command `dssbatch show-aws-assets`.
struct ShowAWSAssetsCommand: Command {
    /// The forms of the list.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, markdown, json
    }

    static let configuration = CommandConfiguration(
        commandName: "show-aws-assets",
        abstract: "Lists what an asset id has in AWS, what it costs, and how to remove it.",
        discussion: """
            Everything that a release makes carries the tag exa_dss_id with its asset id. This \
            lists what has that tag, in every region that the manifest and its results name, and \
            changes nothing. Two things have no tag of their own: an object that an export has \
            just written belongs to the export task of its name, and an unfinished upload to the \
            asset whose image it would have become.

            The role says what a thing is: an artifact of a release, a leftover that \
            `dssbatch clean` removes, superseded (replaced, or not asked for any more), which it \
            removes too, in use by something else, or ended, which AWS forgets by itself. \
            The cost is an estimate of storage alone; what it rests on is printed with it.

            Examples:
              dssbatch show-aws-assets                            the manifest's asset id
              dssbatch show-aws-assets --asset-id '3.*' --type ami --type snapshot
              dssbatch show-aws-assets --region all               every region of the account
              dssbatch show-aws-assets --format markdown --output assets.md
            """)

    @Option(
        help: ArgumentHelp("The manifest (default: manifests/release.json).", valueName: "file"),
        transform: FileArgument.path)
    var manifest = "manifests/release.json"

    @OptionGroup var changes: ManifestChanges

    @Option(
        help: """
            Only this type (repeatable): \
            \(AssetKind.inAWS.map(\.rawValue).joined(separator: ", ")).
            """)
    var type: [String] = []

    @Option(help: "text, markdown or json; with --json there is one `asset` event a line instead.")
    var format: Format = .text

    @Option(
        help: ArgumentHelp(
            "Write the list to a file instead of standard output.", valueName: "file"),
        transform: FileArgument.path)
    var output: String?

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let kinds = try AssetKind.named(type)
        let pattern = try changes.assetId.map { try AssetPattern($0) }
        let search = try AssetsSession(manifest, changes, global, call, takesGlob: true)
        let result = try await search.release.assets(
            of: kinds, matching: pattern, isEverywhere: search.isEverywhere
        ) { search.session.output.say($0) }
        try show(result.listing, search.session)
        for problem in result.problems { search.session.emit(.error(problem)) }
        return result.problems.isEmpty ? .fresh : .failed
    }

    private func show(_ listing: AssetListing, _ session: Session) throws {
        let text =
            switch format {
            case .text:
                ([TextTable.text(listing.rows)] + listing.footer).joined(separator: "\n") + "\n"
            case .markdown: listing.markdown
            case .json: listing.json.prettyText
            }
        let console = session.call.console
        if global.json { AssetEvents(console: console, time: session.call.time).show(listing) }
        if let output {
            try AtomicFile.write(Array(text.utf8), to: output)
        } else if !global.json {
            console.writeOutput(text)
        }
    }
}
