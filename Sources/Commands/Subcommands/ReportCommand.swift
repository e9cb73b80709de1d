import ArgumentParser
import BuildGraph
import Diagnostics
import JSON
import Releasing

/// The command `dssbatch report MANIFEST`.
struct ReportCommand: Command {
    /// The forms of a report.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, markdown, html, json
    }

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Shows a release: what was made, how, by whom, and what changed.",
        discussion: """
            Reads what is recorded, and asks no cloud for anything but results that lie in S3. \
            What changed is told against the newest older release beside these results. HTML is \
            one file that loads nothing. A matrix is a table of its releases; --asset-id shows \
            one of them. Examples:
              dssbatch report manifests/release.json
              dssbatch report manifests/release.json --format html --output report.html
              dssbatch report manifests/matrix.json --asset-id 3.4.0-ubuntu-24.04 --format markdown
            """)

    @OptionGroup var manifestOptions: ManifestOptions

    @Option(help: "text, markdown, html or json.")
    var format: Format = .text

    @Option(
        help: ArgumentHelp(
            "Write the report to a file instead of standard output.", valueName: "file"),
        transform: FileArgument.path)
    var output: String?

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let changes = manifestOptions.changes
        let manifest = try manifestOptions.read(global, call)
        if case .matrix(let matrix) = manifest {
            let session = try MatrixSession(matrix, changes, global, call, comparesRealms: false)
            if session.variants.count > 1 {
                let report = try await session.matrix.report(session.variants)
                try show(
                    call, text: { ReportText.text(report) },
                    markdown: { ReportMarkdown.text(report) }, html: { ReportPage.text(report) },
                    json: { report.json })
                return .fresh
            }
        }
        let session = try Session(
            manifest.single(named: changes.assetId), changes, global, call,
            named: manifestOptions.manifest)
        let report = try await session.report()
        try show(
            call, text: { ReportText.text(report) }, markdown: { ReportMarkdown.text(report) },
            html: { ReportPage.text(report) }, json: { report.json })
        return .fresh
    }

    private func show(
        _ call: Invocation, text: () -> String, markdown: () -> String, html: () -> String,
        json: () -> JSONValue
    ) throws {
        if global.json && output == nil {
            let event: JSONValue = [
                "event": "report", "time": .string(Timestamp.text(call.time.now())),
                "report": json(),
            ]
            return call.console.printLine(event.compactText)
        }
        let shown =
            switch global.json ? .json : format {
            case .text: text()
            case .markdown: markdown()
            case .html: html()
            case .json: json().prettyText + "\n"
            }
        if let output {
            try AtomicFile.write(Array(shown.utf8), to: output)
        } else {
            call.console.writeOutput(shown)
        }
    }
}
