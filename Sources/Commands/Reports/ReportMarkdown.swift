import BuildGraph
import Diagnostics
import Releasing

/// A report as Markdown, as GitHub shows it.
enum ReportMarkdown {
    /// One release.
    static func text(_ report: Report) -> String {
        var parts = [
            "# Release \(ShownText.markdown(report.name))", ShownText.markdown(report.summary),
        ]
        parts += report.notes.map { "> \(ShownText.markdown($0))" }
        if !report.failures.isEmpty {
            parts += ["## Failures"] + report.failures.map(failure)
        }
        parts += section(.made(report)) + section(.versions(report)) + section(.stages(report))
        parts += report.runs.isEmpty ? [] : ["## Timeline"]
        parts += report.runs.flatMap { section(.run($0), level: "###") }
        parts += section(.slowTasks(report)) + packages(report)
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// The releases of a matrix.
    static func text(_ report: MatrixReport) -> String {
        (["# Releases of \(ShownText.markdown(report.name))", report.summary]
            + section(.releases(report))).joined(separator: "\n\n") + "\n"
    }

    private static func failure(_ failure: Report.Failure) -> String {
        let head =
            "**\(ShownText.markdown(failure.stage.rawValue))**: "
            + ShownText.markdown(failure.error.message)
        let details = ReportTable.details(failure).map {
            "- \($0.name): \(ShownText.markdown($0.text))"
        }
        return "\(head)\n\n\(details.joined(separator: "\n"))"
    }

    private static func packages(_ report: Report) -> [String] {
        let head = "## \(ShownText.markdown(report.packagesTitle))"
        if let reason = report.packages.reason { return [head, reason] }
        return [head]
            + report.packages.images.flatMap { image in
                let table = ReportTable.changes(image)
                return table.rows.isEmpty
                    ? [ShownText.markdown(table.title)] : section(table, level: "###")
            }
    }

    /// A heading and its table; nothing of a table without rows.
    private static func section(_ table: ReportTable, level: String = "##") -> [String] {
        guard !table.rows.isEmpty else { return [] }
        func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        let rows = table.rows.map { line($0.map(ShownText.markdown)) }
        let lines =
            [line(table.columns), "|" + String(repeating: "---|", count: table.columns.count)]
            + rows
        return ["\(level) \(ShownText.markdown(table.title))", lines.joined(separator: "\n")]
    }
}
