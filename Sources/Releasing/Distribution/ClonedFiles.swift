package import Diagnostics
import Synchronization

/// Files that builds take from their clone: they have to be there as they are here.
///
/// What git does not know, or nobody else has, would be made by no build, or made otherwise.
package struct ClonedFiles: Sendable {
    private let root: String
    private let processes: any ProcessRunner

    private static let timeoutSeconds = 300.0

    /// - Parameter root: the project's folder; where it is no clone's own, there is nothing to
    ///   compare with.
    package init(root: String, processes: any ProcessRunner) {
        self.root = root
        self.processes = processes
    }

    /// Looks at each file.
    ///
    /// - Parameter paths: relative to the project.
    /// - Throws: `distribute.not-cloned` of severity `.configuration`.
    package func check(_ paths: [String]) async throws {
        guard try await isClone() else { return }
        // A shallow clone, as of a tag alone, knows neither what others have nor since when.
        let isShallow =
            try await git("rev-parse", "--is-shallow-repository").lines.first == "true"
        let remotes = isShallow ? [] : try await git("remote").lines
        for path in paths {
            if try await git("ls-files", "--error-unmatch", "--", path).status != 0 {
                throw Self.problem(path, "git does not know it", hint: "commit and push it")
            }
            if try await !git("status", "--porcelain", "--", path).lines.isEmpty {
                throw Self.problem(
                    path, "it was changed and not committed", hint: "commit and push it")
            }
            guard !remotes.isEmpty,
                let commit = try await git("log", "-1", "--format=%H", "--", path).lines.first
            else { continue }
            if try await git("branch", "--remotes", "--contains", commit).lines.isEmpty {
                throw Self.problem(path, "its last commit was not pushed", hint: "push it")
            }
        }
    }

    /// Whether the project's folder is the top of a clone.
    private func isClone() async throws -> Bool {
        do {
            let answer = try await git("rev-parse", "--show-cdup")
            return answer.status == 0 && answer.lines.allSatisfy(\.isEmpty)
        } catch let problem as Diagnostic where problem.code == "process.not-found" {
            return false
        }
    }

    private func git(_ arguments: String...) async throws -> (status: Int, lines: [String]) {
        let lines = Mutex<[String]>([])
        let outcome = try await processes.run(
            ProcessCommand(
                executable: "git", arguments: ["-C", root] + arguments,
                inherits: .needed(and: ["GIT_CONFIG", "XDG_CONFIG_HOME"]),
                timeoutSeconds: Self.timeoutSeconds, graceSeconds: 1)
        ) { line in
            lines.withLock { $0.append(line) }
        }
        return (outcome.status, lines.withLock { $0 })
    }

    private static func problem(_ path: String, _ cause: String, hint: String) -> Diagnostic {
        Diagnostic(
            code: "distribute.not-cloned", severity: .configuration,
            summary: "the builds' clone has no such `\(path)`", causes: [cause], hint: hint)
    }
}
