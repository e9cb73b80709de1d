import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

struct SubprocessRunnerTests {
    private final class Lines: Sendable {
        private let all = Mutex<[String]>([])
        var value: [String] { all.withLock { $0 } }
        func add(_ line: String) { all.withLock { $0.append(line) } }
    }

    private func shell(
        _ script: String, environment: [String: String?] = [:], input: [UInt8] = [],
        timeoutSeconds: Double = 600, graceSeconds: Double = 5
    ) -> ProcessCommand {
        ProcessCommand(
            executable: "/bin/sh", arguments: ["-c", script], environment: environment,
            standardInput: input, timeoutSeconds: timeoutSeconds, graceSeconds: graceSeconds)
    }

    @Test func `lines, status, input and environment arrive`() async throws {
        let lines = Lines()
        let outcome = try await SubprocessRunner().run(
            shell(
                "cat; echo \"$DSS_TEST-${HOME-none}\"; printf 'a\\r\\n\\nend'; echo bad >&2; "
                    + "exit 3",
                environment: ["DSS_TEST": "x", "HOME": nil], input: Array("in\n".utf8))
        ) { lines.add($0) }
        #expect(outcome == ProcessOutcome(status: 3, standardErrorTail: "bad\n"))
        #expect(lines.value == ["in", "x-none", "a", "", "end"])
    }

    @Test func `a signal's number is told as a shell does`() async throws {
        let outcome = try await SubprocessRunner().run(shell("kill -9 $$")) { _ in }
        #expect(outcome.status == 137)
    }

    @Test func `big output arrives whole though the reader is slow`() async throws {
        let lines = Lines()
        let outcome = try await SubprocessRunner().run(
            shell("i=0; while [ $i -lt 20000 ]; do echo \"line $i\"; i=$((i+1)); done")
        ) { line in
            if line.hasSuffix("000") { try? await Task.sleep(for: .milliseconds(20)) }
            lines.add(line)
        }
        #expect(outcome.status == 0)
        #expect(lines.value == (0..<20000).map { "line \($0)" })
    }

    @Test func `a long line is cut and what is no UTF-8 is replaced`() async throws {
        let lines = Lines()
        _ = try await SubprocessRunner(lineLimitBytes: 10).run(
            shell("head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'a\\377b\\n'")
        ) { lines.add($0) }
        #expect(lines.value == ["xxxxxxxxxx", "a\u{FFFD}b"])
    }

    @Test(arguments: ["cat /dev/zero", "yes", "trap '' TERM; yes"])
    func `an answer that never ends is no answer`(script: String) async throws {
        let error = await #expect(throws: Diagnostic.self) {
            _ = try await SubprocessRunner().answer(to: shell(script, graceSeconds: 0.1))
        }
        #expect(error?.code == "process.too-much")
    }

    @Test func `an answer up to the limit is whole`() async throws {
        let answer = try await SubprocessRunner().answer(
            to: shell("head -c 1048575 /dev/zero | tr '\\0' x; echo; exit 3"))
        #expect(answer.outcome.status == 3)
        #expect(answer.lines.map(\.utf8.count) == [1_048_575])
    }

    @Test func `only the end of a long standard error is kept`() async throws {
        let outcome = try await SubprocessRunner().run(
            shell("head -c 300000 /dev/zero | tr '\\0' x >&2; echo last >&2")
        ) { _ in }
        #expect(outcome.standardErrorTail.utf8.count == 64 * 1024)
        #expect(outcome.standardErrorTail.hasSuffix("xlast\n"))
    }

    /// Often, for whether the program ends before the first write is a race.
    @Test func `input that nobody reads is no error and ends nobody`() async throws {
        let input = [UInt8](repeating: 120, count: 1_000_000)
        for _ in 0..<30 {
            let outcome = try await SubprocessRunner().run(shell("exit 0", input: input)) { _ in }
            #expect(outcome.status == 0)
        }
    }

    @Test func `big input arrives whole, also behind a closed output`() async throws {
        let lines = Lines()
        let input = [UInt8](repeating: 120, count: 1_000_000)
        _ = try await SubprocessRunner().run(shell("wc -c", input: input)) { lines.add($0) }
        #expect(lines.value == ["1000000"])
        let script = "exec >/dev/null 2>&1; sleep 0.2; test $(wc -c) -eq 1000000"
        let outcome = try await SubprocessRunner().run(shell(script, input: input)) { _ in }
        #expect(outcome.status == 0)
    }

    @Test func `programs still end at a broken pipe`() async throws {
        let lines = Lines()
        _ = try await SubprocessRunner().run(shell("yes | head -n 1")) { lines.add($0) }
        #expect(lines.value == ["y"])
        let outcome = try await SubprocessRunner().run(shell("kill -s PIPE $$")) { _ in }
        #expect(outcome.status == 141)
    }

    @Test func `a program or folder that is missing is said so`() async throws {
        for name in ["/nowhere/program", "dss-no-such-program"] {
            let error = try await #require(throws: Diagnostic.self) {
                try await SubprocessRunner().run(
                    ProcessCommand(executable: name, timeoutSeconds: 600)
                ) { _ in }
            }
            #expect(error.code == "process.not-found")
            #expect(error.severity == .configuration)
        }
        let error = try await #require(throws: Diagnostic.self) {
            try await SubprocessRunner().run(
                ProcessCommand(
                    executable: "/bin/true", workingDirectory: "/nowhere", timeoutSeconds: 600)
            ) { _ in }
        }
        #expect(error.code == "process.no-folder")
    }

    @Test func `a timeout ends the program`() async throws {
        let error = try await #require(throws: Diagnostic.self) {
            try await SubprocessRunner().run(shell("sleep 3600", timeoutSeconds: 0.3)) { _ in }
        }
        #expect(error.code == "process.timeout")
    }

    /// The grandchild holds no pipe of ours and the shell ends at once at SIGTERM; one has a
    /// session of its own, as Ansible's workers have, and so does not belong to the group.
    @Test(arguments: ["exec", "trap '' TERM; exec", "trap '' TERM; exec setsid"])
    func `cancelling reaches grandchildren, even those that hide`(_ start: String) async throws {
        let lines = Lines()
        let script = "( \(start) sleep 3600 ) >/dev/null 2>&1 & echo $!; wait"
        let task = Task {
            try await SubprocessRunner().run(shell(script, graceSeconds: 2)) { lines.add($0) }
        }
        #expect(try await eventually { !lines.value.isEmpty })
        let grandchild = try #require(lines.value.first.flatMap { pid_t($0) })
        #expect(kill(grandchild, 0) == 0)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await eventually { isGone(grandchild) })
    }

    /// A process that ended counts as gone though its new parent has not reaped it.
    private func isGone(_ process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        else { return true }
        return status.contains(") Z ")
    }
}
