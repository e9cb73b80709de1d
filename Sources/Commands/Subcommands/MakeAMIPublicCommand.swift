import ArgumentParser
import BuildGraph
import Releasing

/// The command `dssbatch make-ami-public`: stage `ami-public`, and nothing that makes an image.
struct MakeAMIPublicCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "make-ami-public",
        abstract: "Lets everybody launch the AMIs of a release, in every region.",
        discussion: """
            The same as stage ami-public with /ami/public set to true: the AMI and its copies \
            in /ami/copyToRegions, each read back afterwards. It never starts a machine. Images \
            that are to be verified are verified first where that is stale. Where this machine \
            has no results of the release, its AMIs are found by their tag exa_dss_id, and \
            nothing is recorded.

            A later run with "public": false in the manifest takes it back: write "public": true \
            there to keep it. Examples:
              dssbatch make-ami-public
              dssbatch make-ami-public --asset-id 3.4.0 --aws-profile release
            """)

    @OptionGroup var preset: PresetOptions

    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let opened = try preset.session(global, call, settings: ["/ami/public=true"])
        let (session, release) = (opened.session, opened.release)
        let options = running.options(call.console)
        return try await Interruptible().run(session.output) {
            switch try await release.publishImages(options) {
            case .recorded(let summary):
                session.show(summary)
                return ExitStatus(summary)
            case .tagged(let seconds):
                session.emit(.runFinished(.succeeded, seconds: seconds))
                return .fresh
            }
        }
    }
}
