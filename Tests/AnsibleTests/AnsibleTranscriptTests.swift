import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Ansible

struct AnsibleTranscriptTests {
    private func transcript(
        _ fixture: String, secrets: [Secret] = []
    ) throws -> (AnsibleTranscript, [AnsibleProgress]) {
        let path = "\(ProjectPath.tests(of: #filePath))/Fixtures/\(fixture).jsonl"
        let text = String(decoding: try FileContents.read(path), as: UTF8.self)
        var transcript = AnsibleTranscript(
            playbook: "ansible/site.yml", redaction: SecretRedaction(secrets))
        var progress: [AnsibleProgress] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            progress += transcript.add(String(line))
        }
        return (transcript, progress)
    }

    private func failure(_ fixture: String, status: Int) throws -> Diagnostic {
        let transcript = try transcript(fixture).0
        let error = try #require(throws: Diagnostic.self) {
            try transcript.report(status: status, standardErrorTail: "")
        }
        #expect(error.hint != nil)
        return error
    }

    @Test func `a run over ssh gives recap, seconds and progress`() throws {
        let (transcript, progress) = try transcript("provision-over-ssh")
        let report = try transcript.report(status: 0, standardErrorTail: "")
        var recap = AnsibleRecap()
        recap.ok = 14
        recap.changed = 12
        recap.skipped = 2
        #expect(report.recap == ["dss": recap])
        #expect(report.tasks.count == 16)
        #expect(report.tasks.filter { $0.status == .changed }.count == 12)
        #expect(report.tasks.filter { $0.status == .skipped }.count == 2)
        #expect(report.tasks.map(\.seconds).reduce(0, +) > 10)
        let shown = progress.compactMap { step in
            if case .output(let text) = step { text } else { nil }
        }
        #expect(shown.contains { $0.contains("TASK [Gathering Facts]") })
        #expect(!shown.joined().contains("\u{1B}") && !shown.contains(""))
        let steps = progress.filter { step in
            if case .output = step { false } else { true }
        }
        #expect(steps.first == .taskStarted(name: "Gathering Facts", number: 1))
        #expect(steps.last == .taskFinished(report.tasks[15]))
        let numbers = progress.compactMap { step in
            if case .taskStarted(_, let number) = step { number } else { nil }
        }
        #expect(numbers == Array(1...16))
    }

    @Test func `a task of a role is named with it`() throws {
        let (transcript, _) = try transcript("succeeded")
        let report = try transcript.report(status: 0, standardErrorTail: "")
        #expect(
            report.tasks.map(\.task) == [
                "say something", "use a secret", "role", "r : in role", "loop",
            ])
    }

    @Test func `the task that failed is named, not those ignored or rescued`() throws {
        let error = try failure("task-failed", status: 2)
        #expect(error.code == "ansible.task-failed")
        #expect(error.summary == "task `loop failing` failed on `dss`")
        #expect(error.location == "/project/ansible/fail.yml:17")
        #expect(
            error.causes == [
                "non-zero return code", "standard error: problem 1", "exit status 7",
            ])
    }

    @Test func `a task that hides its output stays hidden`() throws {
        let error = try failure("task-failed-hidden", status: 2)
        #expect(error.code == "ansible.task-failed")
        #expect(error.causes.count == 1)
        #expect(error.causes.first?.contains("no_log") == true)
        #expect(error.hint?.contains("no_log") == true)
    }

    @Test func `a secret in a message is taken out`() throws {
        let (transcript, progress) = try transcript(
            "task-failed", secrets: [Secret("problem"), Secret("loop"), Secret("")])
        let error = try #require(throws: Diagnostic.self) {
            try transcript.report(status: 2, standardErrorTail: "")
        }
        #expect(error.summary == "task `<secret> failing` failed on `dss`")
        #expect(error.causes.contains("standard error: <secret> 1"))
        #expect(!"\(progress)".contains("loop"))
    }

    /// ansible-playbook ends with 4 for both.
    @Test func `an unreachable machine is told from a playbook that cannot be read`() throws {
        let unreachable = try failure("unreachable", status: 4)
        #expect(unreachable.code == "ansible.unreachable")
        #expect(unreachable.causes.first?.hasSuffix("port 1: Connection refused") == true)
        let unreadable = try failure("playbook-unreadable", status: 4)
        #expect(unreadable.code == "ansible.playbook-error")
        #expect(
            unreadable.causes == [
                "[ERROR]: YAML parsing failed: While parsing a flow sequence did not find "
                    + "expected ',' or ']'.",
                "Origin: /project/ansible/bad.yml:5:1", "(source not shown: file truncated)",
                "ansible-runner ended with 4",
            ])
    }

    @Test func `a container that cannot be reached is not looked for by ssh`() {
        var transcript = AnsibleTranscript(
            playbook: "p", redaction: SecretRedaction([]), isContainer: true)
        _ = transcript.add(
            #"{"event": "runner_on_unreachable", "event_data": {"host": "vm", "res": "#
                + #"{"msg": "No such container: dss-1"}}}"#)
        let error = #expect(throws: Diagnostic.self) {
            try transcript.report(status: 4, standardErrorTail: "")
        }
        #expect(error?.causes == ["No such container: dss-1"])
        #expect(error?.summary.contains("ssh") == false)
        #expect(error?.hint?.contains("docker ps") == true)
    }

    @Test func `another host key than the pinned one is said so in few lines`() {
        var transcript = AnsibleTranscript(playbook: "p", redaction: SecretRedaction([]))
        let message =
            #"Task failed: ssh: @@@@@@@@@@@@@@\r\n@  WARNING!  @\r\n@@@@@@@@@@@@@@\r\n"#
            + #"one\r\ntwo\r\nHost key has changed\r\nHost key verification failed."#
        _ = transcript.add(
            #"{"event": "runner_on_unreachable", "event_data": {"host": "vm", "res": {"msg": ""#
                + message + #""}}}"#)
        let error = #expect(throws: Diagnostic.self) {
            try transcript.report(status: 4, standardErrorTail: "")
        }
        #expect(
            error?.causes == [
                "Task failed: ssh: ", "two", "Host key has changed",
                "Host key verification failed.",
            ])
        #expect(error?.hint?.contains("another host key") == true)
    }

    @Test func `a missing playbook and one that names no machine are errors`() throws {
        let missing = try failure("playbook-missing", status: 1)
        #expect(missing.code == "ansible.playbook-error")
        #expect(missing.causes.first == "[ERROR]: the playbook: missing.yml could not be found")
        let noHosts = try failure("no-hosts", status: 0)
        #expect(noHosts.code == "ansible.playbook-error")
        #expect(noHosts.summary == "no play of `ansible/site.yml` names the machine")
    }

    @Test func `where no line was printed the end of standard error tells`() {
        let transcript = AnsibleTranscript(playbook: "p", redaction: SecretRedaction([]))
        let error = #expect(throws: Diagnostic.self) {
            try transcript.report(status: 1, standardErrorTail: "Traceback\nNameError: x\n")
        }
        #expect(error?.causes == ["Traceback", "NameError: x", "ansible-runner ended with 1"])
    }

    @Test func `lines that are no events do not disturb`() {
        var transcript = AnsibleTranscript(playbook: "p", redaction: SecretRedaction([]))
        for line in ["", "{\"event\": \"new_kind\"}"] { #expect(transcript.add(line) == []) }
        // They are shown all the same.
        for line in ["{", "{\"event\": 1}", "[]", "plain"] {
            #expect(transcript.add(line) == [.output(line)])
        }
    }
}
