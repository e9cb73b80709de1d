import BuildGraph
import Diagnostics
import Releasing

extension Session {
    /// What is recorded, as a report.
    ///
    /// - Throws: what reading the results throws.
    func report() async throws -> Report {
        try await Report.read(manifest, at: workplace) { try await otherStores(holding: $0) }
    }

    /// Appends the report to the summary of the job of GitHub Actions that runs this, if any does.
    func summarize() async {
        guard let summary = JobSummary(call.environment) else { return }
        do {
            try summary.append(ReportMarkdown.text(try await report()))
        } catch {
            emit(.warning(JobSummary.warning(error)))
        }
    }
}

extension MatrixSession {
    /// Appends the releases to the summary of the job of GitHub Actions that runs this, if any
    /// does.
    func summarize() async {
        guard let summary = JobSummary(call.environment) else { return }
        do {
            try summary.append(ReportMarkdown.text(try await matrix.report(variants)))
        } catch {
            let warning = RunEvent.Kind.warning(JobSummary.warning(error))
            output.receive(RunEvent(time: services.time.now(), stage: nil, kind: warning))
        }
    }
}
