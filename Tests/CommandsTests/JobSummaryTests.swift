import Diagnostics
import TestSupport
import Testing

@testable import Commands

@Suite struct JobSummaryTests {
    @Test func `a report is appended to what is there`() throws {
        let folder = try TemporaryFolder()
        try folder.write("summary", "before\n")
        let variables = ["GITHUB_STEP_SUMMARY": "\(folder.path)/summary"]
        try #require(JobSummary(variables)).append("# one\n")
        try #require(JobSummary(variables)).append("# two\n")
        let text = String(
            decoding: try FileContents.read("\(folder.path)/summary"), as: UTF8.self)
        #expect(text == "before\n# one\n\n# two\n\n")
    }

    @Test(arguments: [[:], ["GITHUB_STEP_SUMMARY": ""]])
    func `elsewhere there is none`(variables: [String: String]) {
        #expect(JobSummary(variables) == nil)
    }

    @Test func `more than GitHub shows is not written`() throws {
        let folder = try TemporaryFolder()
        let summary = try #require(
            JobSummary(["GITHUB_STEP_SUMMARY": "\(folder.path)/summary"]))
        let problem = #expect(throws: Diagnostic.self) {
            try summary.append(String(repeating: "x", count: (1 << 20) + 1))
        }
        #expect(problem?.code == "report.too-long")
        #expect(folder.names("").isEmpty)
        #expect(JobSummary.warning(problem ?? CancellationError()).contains("1 MiB"))
    }
}
