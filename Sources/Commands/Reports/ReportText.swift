import BuildGraph
import Diagnostics
import Releasing

/// A report as a terminal shows it.
enum ReportText {
    /// One release.
    static func text(_ report: Report) -> String {
        var parts = [
            "\(ShownText.line(report.name)): \(ShownText.line(report.summary))\n"
                + "results: \(ShownText.line(report.location))"
        ]
        parts += report.notes.map { "note: \(ShownText.line($0))" }
        parts += report.failures.map(failure)
        parts += [table(.made(report)), table(.versions(report)), table(.stages(report))]
        parts += report.runs.map { table(.run($0)) }
        parts += [table(.slowTasks(report)), packages(report)]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    /// The releases of a matrix.
    static func text(_ report: MatrixReport) -> String {
        "\(ShownText.line(report.name)): \(report.summary)\n\n\(table(.releases(report)))\n"
    }

    private static func failure(_ failure: Report.Failure) -> String {
        ([
            "failed: \(ShownText.line(failure.stage.rawValue)): "
                + ShownText.line(failure.error.message)
        ]
            + ReportTable.details(failure).map { "  \($0.name): \(ShownText.line($0.text))" })
            .joined(separator: "\n")
    }

    private static func packages(_ report: Report) -> String {
        let title = ShownText.line(report.packagesTitle)
        if let reason = report.packages.reason { return "\(title): \(reason)" }
        let images = report.packages.images.map { image in
            let changes = ReportTable.changes(image)
            return changes.rows.isEmpty ? ShownText.line(changes.title) : table(changes)
        }
        return ([title] + images)
            .joined(separator: "\n\n")
    }

    /// A title and its rows; nothing of a table without rows.
    private static func table(_ table: ReportTable) -> String {
        guard !table.rows.isEmpty else { return "" }
        return ShownText.line(table.title) + "\n"
            + TextTable.text([table.columns] + table.rows).split(separator: "\n")
            .map { "  \($0)" }.joined(separator: "\n")
    }
}
