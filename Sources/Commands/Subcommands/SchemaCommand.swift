import ArgumentParser
import Diagnostics
import Releasing

/// The command `dssbatch schema KIND`.
struct SchemaCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of a manifest or result kind.",
        discussion: """
            Kinds: \(PublishedSchema.kinds.joined(separator: ", ")). Example:
              dssbatch schema release > release.schema.json
            """)

    @Argument(help: "The kind, such as release.", completion: .list(PublishedSchema.kinds))
    var kind: String

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        call.console.writeOutput(try PublishedSchema.text(of: kind))
        return .fresh
    }
}
