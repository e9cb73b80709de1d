import BuildGraph
import Diagnostics
import Releasing

/// The tables of a report, as texts: every form shows the same.
struct ReportTable {
    /// What it is, as a heading.
    let title: String
    let columns: [String]
    let rows: [[String]]

    /// What was made.
    static func made(_ report: Report) -> ReportTable {
        ReportTable(
            title: "What was made", columns: ["Kind", "Name", "Detail", "Checksum"],
            rows: report.made.map { [$0.kind, $0.name, $0.detail, $0.checksum ?? ""] })
    }

    /// What is on it.
    static func versions(_ report: Report) -> ReportTable {
        ReportTable(
            title: "Versions", columns: ["Component", "Version"],
            rows: report.versions.map { [$0.key, $0.value] })
    }

    /// The stages and how each stands.
    static func stages(_ report: Report) -> ReportTable {
        ReportTable(
            title: "Stages", columns: ["Stage", "State", "Needs", "Why"],
            rows: report.stages.map { stage in
                [
                    stage.name.rawValue, stage.state?.rawValue ?? "unknown",
                    stage.needs.map(\.rawValue).joined(separator: ", "),
                    stage.reasons.joined(separator: "; "),
                ]
            })
    }

    /// What one run did.
    static func run(_ run: Report.Run) -> ReportTable {
        let by = run.by?.text ?? "unknown"
        return ReportTable(
            title: "Run \(run.id) by \(by), \(run.startedAt), \(Durations.text(run.seconds)), "
                + run.tool,
            columns: ["Stage", "Ended", "Began after", "Took"],
            rows: run.steps.map { step in
                [
                    step.stage.rawValue, step.status.rawValue, Durations.text(step.offsetSeconds),
                    Durations.text(step.seconds),
                ]
            })
    }

    /// Ansible's slowest tasks.
    static func slowTasks(_ report: Report) -> ReportTable {
        ReportTable(
            title: "Slowest tasks", columns: ["Task", "Stage", "Took"],
            rows: report.slowTasks.map {
                [$0.task, $0.stage.rawValue, Durations.text($0.seconds)]
            })
    }

    /// What changed on one kind of image.
    static func changes(_ image: PackageReport.Image) -> ReportTable {
        ReportTable(
            title: "\(image.title): \(image.changes.count) changed",
            columns: ["Package", "Before", "After"],
            rows: image.changes.map { [$0.name, $0.before ?? "", $0.after ?? ""] })
    }

    /// What is known of a failure beside its message.
    static func details(_ failure: Report.Failure) -> [(name: String, text: String)] {
        let error = failure.error
        let causes = error.causes.map { ("because", $0) }
        let more: [(String, String?)] = [
            ("at", error.location), ("log", error.log), ("hint", error.hint),
        ]
        return [("code", error.code), ("when", failure.finishedAt)] + causes
            + more.compactMap { name, text in text.map { (name, $0) } }
    }

    /// The releases of a matrix.
    static func releases(_ report: MatrixReport) -> ReportTable {
        ReportTable(
            title: "Releases",
            columns: ["Release", "Status", "Made", "Images", "Formats", "Size", "Why"],
            rows: report.rows.map { row in
                [
                    row.assetId, row.status.rawValue, row.madeAt ?? "",
                    row.images.map { "\($0.id) (\($0.region))" }.joined(separator: ", "),
                    row.formats.joined(separator: ", "),
                    row.sizeBytes == 0 ? "" : ByteCount.text(row.sizeBytes), row.reason ?? "",
                ]
            })
    }
}

extension Report {
    /// How it stands, in a sentence.
    var summary: String {
        [standing.rawValue, details].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// The same without the word for all of it.
    var details: String {
        let states = counts.map { "\($0.count) \($0.state.rawValue)" }.joined(separator: ", ")
        let parts = [
            states.isEmpty ? nil : "stages: \(states)",
            madeAt.map { "last made \($0)" },
            sizeBytes == 0 ? nil : "images \(ByteCount.text(sizeBytes))",
            region,
        ]
        return parts.compactMap { $0 }.joined(separator: "; ")
    }

    /// What is compared, or why nothing is.
    var packagesTitle: String {
        packages.previous.map { "Packages changed since \($0)" } ?? "Packages"
    }
}

extension MatrixReport {
    /// How many there are of each status.
    var summary: String {
        counts.map { "\($0.count) \($0.status.rawValue)" }.joined(separator: ", ")
    }
}
