import ArgumentParser
import BuildGraph

/// Which stages a command is about.
///
/// A SEL is a stage, a group or a glob.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only these stages, and what they cannot do without (repeatable).",
            valueName: "stages"), completion: ManifestCompletion.selectors)
    var only: [String] = []

    @Option(
        help: ArgumentHelp("Treat these stages as stale (repeatable).", valueName: "stages"),
        completion: ManifestCompletion.selectors)
    var force: [String] = []

    @Option(
        help: ArgumentHelp("Leave these stages out (repeatable).", valueName: "stages"),
        completion: ManifestCompletion.selectors)
    var skip: [String] = []

    @Flag(help: "Ask again what was looked up once, such as the newest base image.")
    var refresh = false

    @Flag(help: "Ask AWS whether each recorded output still exists.")
    var verify = false

    @Option(
        help: ArgumentHelp(
            "Plan as if this file or folder had changed (repeatable).", valueName: "path"))
    var whatIf: [String] = []

    /// What they ask for, whatever the stages are.
    var request: SelectionRequest {
        SelectionRequest(
            only: only, force: force, skip: skip, refresh: refresh, whatIf: whatIf)
    }
}
