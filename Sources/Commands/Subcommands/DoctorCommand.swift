import ArgumentParser
import Releasing

/// The command `dssbatch doctor [MANIFEST]`.
struct DoctorCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks for what would make a release fail, before anything is begun.",
        discussion: """
            Asks AWS and this machine: whose credentials these are and how long they last, \
            regions, quotas, the network, names that are taken, whether the base image can be \
            exported, the bucket and role of the exports, passwords, the secrets and credential \
            of builds on CodeBuild, programs and disk space. \
            Nothing is changed. Each check is a line: ok, warning, failed, or skipped where \
            something before it failed; what could not be looked at for want of a permission is \
            a warning. The exit status is 1 where a check failed.

            With --json each line is an event: {"event":"check","name":…,"status":…,
            "message":…,"hint":…}. Examples:
              dssbatch doctor
              dssbatch doctor manifests/release.json --aws-profile release
              dssbatch doctor --local
            """)

    @Argument(help: "The manifest of a release.")
    var manifest = "manifests/release.json"

    @OptionGroup var changes: ManifestChanges
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let (release, matrix) = try Manifest.release(
            contentsOf: manifest, changedBy: changes.overrides(global, call))
        return try await ReleaseSession(release, changes, global, call).examine(
            besides: matrix?.typesBesides(changes.assetId) ?? [])
    }
}
