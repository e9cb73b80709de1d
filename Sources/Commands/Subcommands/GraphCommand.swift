import ArgumentParser
import BuildGraph
import JSON
import Releasing

/// The command `dssbatch graph MANIFEST`.
struct GraphCommand: Command {
    /// The forms of a drawing.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, dot, mermaid, json
    }

    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draws the stages, what each needs, and their state.")

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: "text, dot, mermaid or json.")
    var format: Format = .text

    func run(_ call: Invocation) async throws -> ExitStatus {
        let session = try manifestOptions.session(global, call)
        let (plan, _) = try await session.manifest.plan(at: session.workplace)
        let drawing = GraphDrawing(session.graph, plan: plan)
        let text =
            switch global.json ? .json : format {
            case .text: drawing.text
            case .dot: drawing.dot
            case .mermaid: drawing.mermaid
            case .json: drawing.json.prettyText
            }
        call.console.writeOutput(text.hasSuffix("\n") ? text : text + "\n")
        return .fresh
    }
}
