import ArgumentParser
import Diagnostics
import Glibc
import Releasing

/// The command `dssbatch clean [MANIFEST]`.
struct CleanCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Removes what interrupted runs left behind; with --all the artifacts too.",
        discussion: """
            Leftovers are stacks, machines, key pairs, failed images and their snapshots, \
            unfinished uploads, and what an export has written but nobody took over. What the \
            runs of these results left is removed at once, since none of them goes on: this \
            command holds their lock. What only the tag exa_dss_id names may belong to a run \
            elsewhere, and is removed once it is older than --older-than.

            Nothing without the asset's tag is touched. Two things have no tag: what an export \
            task wrote goes by the tag of the task, and an unfinished upload is removed only \
            where the journal of these results names it.

            Machines of `setup-ec2 --detach` are leftovers too; one that `setup-ec2` holds now is \
            left to whoever works with it. With --all, AMIs, their snapshots, images in S3 and the \
            recorded Docker image go as well; what is recorded of them is taken back, so that \
            the next run makes them again.

            It asks first; without a terminal it needs --yes. What cannot be removed is named \
            with the command that removes it, and the exit status is 1.

            Examples:
              dssbatch clean --dry-run                      what would go, what would stay, why
              dssbatch clean manifests/release.json --yes
              dssbatch clean --asset-id 3.4.0 --all --region all
              dssbatch clean --older-than 0                 whatever its age
            """)

    @Argument(help: "The manifest.")
    var manifest = "manifests/release.json"

    @OptionGroup var changes: ManifestChanges

    @Flag(name: [.customShort("n"), .long], help: "Only say what would be removed.")
    var dryRun = false

    @Flag(help: "Remove the artifacts too.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "Age of what only its tag names, such as 30m, 12h or 7d; 0 takes everything.",
            valueName: "age"))
    var olderThan = "12h"

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var lock: LockOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let age = try AgeLimit(olderThan)
        guard dryRun || yes || call.console.canAsk else { throw RemovalQuestion.cannotAsk }
        let assets = try AssetsSession(manifest, changes, global, call, takesGlob: false)
        let options = Cleaning.Options(
            includesArtifacts: all, olderThan: age, isEverywhere: assets.isEverywhere,
            isDryRun: dryRun, waitLockSeconds: lock.waitSeconds)
        return try await assets.clean(options, asks: !yes)
    }
}
