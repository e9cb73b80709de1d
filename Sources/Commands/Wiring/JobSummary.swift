import Diagnostics
import Glibc

/// The summary of a job of GitHub Actions, to which a run appends its report.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>
struct JobSummary {
    /// The variable that names the file.
    static let variable = "GITHUB_STEP_SUMMARY"
    /// What GitHub shows of one step.
    private static let limitBytes = 1 << 20

    private let path: String

    /// Nil where no file is named, as everywhere but in GitHub Actions.
    init?(_ environment: [String: String]) {
        guard let path = environment[Self.variable], !path.isEmpty else { return nil }
        self.path = path
    }

    /// What is said where nothing could be appended.
    static func warning(_ error: any Error) -> String {
        "the job's summary gets no report: \(Diagnostic.from(error).summary)"
    }

    /// Appends Markdown to what is there.
    ///
    /// - Throws: `file.*`.
    func append(_ markdown: String) throws {
        let bytes = Array(markdown.utf8)
        // What other commands of the step have written counts as well.
        var file = stat()
        let present = stat(path, &file) == 0 ? Int(file.st_size) : 0
        guard present + bytes.count <= Self.limitBytes else {
            throw Diagnostic(
                code: "report.too-long",
                summary: "the report is longer than the 1 MiB that a summary may have",
                hint: "use `dssbatch report --format html --output FILE`")
        }
        try AppendOnlyFile(path).append(bytes)
    }
}
