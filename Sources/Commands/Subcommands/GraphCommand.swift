import ArgumentParser
import BuildGraph
import JSON
import Releasing

/// The command `dssbatch graph MANIFEST`.
struct GraphCommand: Command {
    /// The forms of a drawing.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, dot, mermaid, svg, json
    }

    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draws the stages, what each needs, and their state.",
        discussion: """
            Drawings leave out what follows from the rest; text and json name all that a stage \
            needs. Examples:
              dssbatch graph manifests/release.json
              dssbatch graph manifests/release.json --format svg > stages.svg
              dssbatch graph manifests/release.json --format dot | dot -Tpng -o stages.png
            """)

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: "text, dot, mermaid, svg or json.")
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
            case .svg: drawing.svg
            case .json: drawing.json.prettyText
            }
        call.console.writeOutput(text.hasSuffix("\n") ? text : text + "\n")
        return .fresh
    }
}
