import ArgumentParser
import JSON

/// The command `dssbatch explain CODE`.
struct ExplainCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what the code of an error means, why it happens, and what to do.",
        discussion: """
            Events, results and `status --json` name the codes. Without one, all are printed as \
            Markdown. Example:
              dssbatch explain export.no-role
            """)

    @Argument(
        help: "The code, such as ami.not-ours.",
        completion: .custom { _, _, _ in Explanations.all.map(\.code) })
    var code: String?

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        if let code {
            let explanation = try Explanations.explanation(of: code)
            call.console.printLine(
                global.json ? explanation.json.compactText : explanation.text)
        } else if global.json {
            call.console.printLine(
                JSONValue.array(Explanations.all.map(\.json)).compactText)
        } else {
            call.console.writeOutput(Explanations.page)
        }
        return .fresh
    }
}
