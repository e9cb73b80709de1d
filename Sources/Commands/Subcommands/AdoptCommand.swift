import ArgumentParser
import BuildGraph
import JSON

/// The command `dssbatch adopt MANIFEST STAGE --id ID`.
struct AdoptCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Records an output that exists already as a stage's own.",
        discussion: """
            The output is looked up first. Examples:
              dssbatch adopt manifests/release.json ami --id ami-0123456789abcdef0
              dssbatch adopt manifests/release.json export-vmdk --id images/3.4.0/sandbox.vmdk
            """)

    @OptionGroup var manifestOptions: ManifestOptions

    @Argument(help: "The stage, such as ami.", completion: ManifestCompletion.stages)
    var stage: String

    @Option(help: "What the output is known by: an image's id, an object's key.")
    var id: String

    @Flag(help: "Replace what is published too: a public image, what a GitHub release names.")
    var replacePublished = false

    @OptionGroup var lock: LockOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let session = try manifestOptions.session(global, call)
        return try await Interruptible().run(session.output) {
            let record = try await session.workplace.adopt(
                id: id, as: StageName(rawValue: stage), replacesPublished: replacePublished,
                waitLockSeconds: lock.waitSeconds)
            let outputs = record.run.outputs ?? nil
            call.console.writeOutput(
                global.json ? outputs.compactText + "\n" : outputs.prettyText)
            return .fresh
        }
    }
}
