import Diagnostics
import Foundation
package import JSON

/// A Python program of the tests that says what botocore, or another library that is not ours,
/// thinks of many cases at once.
package struct PythonJudge {
    private let script: String
    private let folder: String

    /// Names a program.
    ///
    /// - Parameter folder: where it lies under `Tests`.
    package init(_ script: String, folder: String = "AWSTests/Judges") {
        self.script = script
        self.folder = folder
    }

    /// Hands it every case and collects as many answers.
    ///
    /// - Throws: `judge.failed` where it is not there, breaks off or answers another number: a
    ///   judge that does not judge is a failed test, not a skipped one.
    package func answers(to cases: [JSONValue]) async throws -> [JSONValue] {
        let root = ProjectPath.root
        let python =
            ProcessInfo.processInfo.environment["DSS_PYTHON"] ?? "\(root)/.venv/bin/python"
        let lines = Lines()
        let outcome = try await SubprocessRunner().run(
            ProcessCommand(
                executable: python, arguments: ["\(root)/Tests/\(folder)/\(script)"],
                environment: ["PYTHONDONTWRITEBYTECODE": "1", "AWS_CONFIG_FILE": "/dev/null"],
                standardInput: Array(
                    (cases.map(\.compactText).joined(separator: "\n") + "\n").utf8),
                timeoutSeconds: 1200)
        ) { await lines.add($0) }
        let answers = try await lines.all.map {
            try JSONValue.parse(Array($0.utf8), source: script)
        }
        guard outcome.status == 0, answers.count == cases.count else {
            throw Diagnostic(
                code: "judge.failed",
                summary: "\(script) answered \(answers.count) of \(cases.count) cases",
                causes: [outcome.standardErrorTail],
                hint:
                    "run `bin/setup`, or name a python with the project's libraries in `DSS_PYTHON`"
            )
        }
        return answers
    }

    private actor Lines {
        private(set) var all: [String] = []
        func add(_ line: String) { all.append(line) }
    }
}
