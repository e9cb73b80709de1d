import ArgumentParser
import Releasing

/// The command `dssbatch distribute MATRIX`: many releases by many builds.
struct DistributeCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "distribute",
        abstract: "Makes the stale releases of a matrix by a batch of builds on CodeBuild.",
        discussion: """
            Starts a batch of the project that `dssbatch setup-release-codebuild` has made: a \
            build for each stale release, or for several where there are more than the batch may \
            have builds; before them one that runs what releases share, after them one that \
            writes the summary. All record in S3. The batch's id goes to standard output; what \
            becomes of its builds is shown until the end, with the last lines of those that fail. \
            The same command again builds only what is stale then.

            The builds read the manifest in the branch that they build, so that --set has no \
            place here. Examples:
              dssbatch distribute manifests/matrix.json --results s3://bucket/results
              dssbatch distribute manifests/matrix.json --dry-run --asset-id '3.4.*'
            """)

    @OptionGroup var manifestOptions: ManifestOptions

    @Option(help: "Branch, tag or commit to build; without it the project's own branch.")
    var branch: String?

    @Option(
        help: ArgumentHelp(
            "The most builds of the batch; without it as many as the project allows.",
            valueName: "number"))
    var builds: Int?

    @Option(
        help: ArgumentHelp(
            "The file in the repository whose phases each build runs.", valueName: "file"))
    var buildspec = "ci/buildspec-matrix.yaml"

    @Option(
        help: ArgumentHelp("Write the batch's buildspec to a file too.", valueName: "file"),
        transform: FileArgument.path)
    var output: String?

    @Flag(name: [.customShort("n"), .long], help: "Print the batch's buildspec; start nothing.")
    var dryRun = false

    @Flag(help: "Replace what is published too: public images, what a GitHub release names.")
    var replacePublished = false

    @OptionGroup var lock: LockOptions
    @OptionGroup(title: "Build") var build: BuildOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func validate() throws {
        if !manifestOptions.changes.settings.isEmpty {
            throw ValidationError("--set does not reach the builds: write it into the manifest")
        }
        if let builds, builds < 1 { throw ValidationError("--builds needs a number above 0") }
    }

    func run(_ call: Invocation) async throws -> ExitStatus {
        let request = Distribution.Request(
            stackName: build.stackName, builds: builds, buildspec: buildspec, isDryRun: dryRun,
            replacesPublished: replacePublished)
        return try await manifestOptions.matrixSession(global, call).distribute(
            request, branch: branch, isDryRun: dryRun, waits: !build.noWait,
            waitLockSeconds: lock.waitLock, output: output)
    }
}
