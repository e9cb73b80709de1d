import BuildGraph
import Diagnostics
import OrderedCollections
import Releasing

/// A report as one page of HTML that loads nothing: it can be mailed, and read without a network.
enum ReportPage {
    /// One release.
    static func text(_ report: Report) -> String {
        let sections = [
            report.failures.isEmpty ? nil : ("failures", "Failures", failures(report)),
            ("made", "What was made", made(report)),
            report.versions.isEmpty
                ? nil : ("versions", "Versions", [table("v", .versions(report))]),
            ("stages", "Stages", stages(report)),
            report.runs.isEmpty ? nil : ("timeline", "Timeline", timeline(report)),
            report.slowTasks.isEmpty
                ? nil : ("tasks", "Slowest tasks", [table("t", .slowTasks(report))]),
            ("packages", report.packagesTitle, packages(report)),
        ].compactMap { $0 }
        return PageFrame.text(
            title: "Release \(report.name)", summary: report.details,
            mark: report.standing.rawValue,
            notes: report.notes, sections: sections, source: report.location)
    }

    /// The releases of a matrix.
    static func text(_ report: MatrixReport) -> String {
        PageFrame.text(
            title: "Releases of \(report.name)", summary: report.summary, mark: nil, notes: [],
            sections: [("releases", "Releases", [table("r", .releases(report))])],
            source: report.location)
    }

    private static func failures(_ report: Report) -> [HTML] {
        report.failures.map { failure in
            let details = ReportTable.details(failure).flatMap { name, text in
                [HTML.element("dt", text: name), HTML.element("dd", text: text)]
            }
            return .element(
                "article", [("class", "failure")],
                [
                    .element("h3", text: failure.stage.rawValue),
                    .element("p", text: failure.error.message), .element("dl", [], details),
                ])
        }
    }

    private static func made(_ report: Report) -> [HTML] {
        guard !report.made.isEmpty else { return [.element("p", text: "Nothing yet.")] }
        let rows = report.made.map { thing in
            [
                .text(thing.kind), name(thing), .text(thing.detail),
                thing.checksum.map { .copied($0, "the checksum of \(thing.kind) \(thing.name)") }
                    ?? .text("–"),
            ]
        }
        return [
            .table("m", caption: "Images and documents", ReportTable.made(report).columns, rows)
        ]
    }

    private static func name(_ thing: MadeThing) -> HTML {
        let isAddress = thing.name.hasPrefix("http")
        return isAddress ? .link(thing.name) : .copied(thing.name, "\(thing.kind) \(thing.name)")
    }

    private static func stages(_ report: Report) -> [HTML] {
        let table = ReportTable.stages(report)
        let rows = table.rows.map { cells in
            cells.enumerated().map { place, text in place == 1 ? mark(text) : HTML.text(text) }
        }
        return [
            .wide(labelledBy: "graph-title", .drawing(report.drawing.inlineSVG)),
            .table("s", caption: "Each stage, its state and why", table.columns, rows),
        ]
    }

    /// A word in its colour.
    private static func mark(_ word: String) -> HTML {
        .element("span", [("class", "mark \(word)")], text: word)
    }

    private static func timeline(_ report: Report) -> [HTML] {
        report.runs.enumerated().map { number, run in
            let table = ReportTable.run(run)
            let rows = zip(run.steps, table.rows).map { step, cells in
                cells.enumerated().map { place, text in place == 1 ? mark(text) : .text(text) }
                    + [bar(step, of: run.seconds)]
            }
            return .table("run-\(number)", caption: table.title, table.columns + ["When"], rows)
        }
    }

    /// When a stage ran within its run; its numbers stand beside it.
    private static func bar(_ step: Report.Run.Step, of seconds: Double) -> HTML {
        func share(_ part: Double) -> String {
            let tenths = seconds > 0 ? Int((part / seconds * 2000).rounded()) : 0
            return "\(Double(min(max(tenths, 0), 2000)) / 10)"
        }
        let took: [(String, String)] = [
            ("class", step.status.rawValue), ("x", share(step.offsetSeconds)), ("y", "1"),
            ("width", share(max(step.seconds, seconds / 100))), ("height", "10"),
        ]
        return .element(
            "svg",
            [
                ("class", "bar"), ("viewBox", "0 0 200 12"), ("width", "200"), ("height", "12"),
                ("aria-hidden", "true"), ("focusable", "false"),
            ],
            [
                .element("rect", [("class", "track"), ("width", "200"), ("height", "12")], []),
                .element("rect", took, []),
            ])
    }

    private static func packages(_ report: Report) -> [HTML] {
        if let reason = report.packages.reason { return [.element("p", text: reason)] }
        return report.packages.images.enumerated().map { number, image in
            let changes = ReportTable.changes(image)
            return changes.rows.isEmpty
                ? .element("p", text: changes.title) : table("p\(number)", changes)
        }
    }

    private static func table(_ id: String, _ table: ReportTable) -> HTML {
        .table(id, caption: table.title, table.columns, table.rows.map { $0.map(HTML.text) })
    }
}
