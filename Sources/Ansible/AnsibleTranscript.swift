import Diagnostics
import JSON

/// What the lines of one run say, gathered as they come; pure, so that recorded lines test it.
struct AnsibleTranscript: Sendable {
    private static let textLimitLines = 40
    private static let textLimitCharacters = 1000

    private let playbook: String
    private let redaction: SecretRedaction
    private let isContainer: Bool
    private var startedTasks = 0
    private var tasks: [AnsibleTaskResult] = []
    private var recap: [String: AnsibleRecap] = [:]
    private var failure: AnsibleEvent?
    private var unreachable: AnsibleEvent?
    /// The last lines that are no events.
    private var text: [String] = []

    /// - Parameters:
    ///   - playbook: its name in errors.
    ///   - redaction: takes the secrets out of everything that is shown.
    ///   - isContainer: whether a Docker engine is the way to the host, and not ssh.
    init(playbook: String, redaction: SecretRedaction, isContainer: Bool = false) {
        self.isContainer = isContainer
        self.playbook = playbook
        self.redaction = redaction
    }

    /// Takes the next line and gives what it says of the progress.
    mutating func add(_ line: String) -> [AnsibleProgress] {
        guard let event = AnsibleEvent(line: line) else {
            addText(line)
            return output(line)
        }
        return output(event.text) + add(event)
    }

    /// What is shown of a text; nothing of an empty one.
    private func output(_ text: String) -> [AnsibleProgress] {
        let shown = Self.plain(redaction.redacted(text))
        return shown.isEmpty ? [] : [.output(shown)]
    }

    private mutating func add(_ event: AnsibleEvent) -> [AnsibleProgress] {
        switch event.kind {
        case "playbook_on_task_start", "playbook_on_handler_task_start":
            startedTasks += 1
            let name = redaction.redacted(event.task ?? "unnamed task")
            return [.taskStarted(name: name, number: startedTasks)]
        case "runner_on_ok": return finish(event, event.isChange ? .changed : .ok)
        case "runner_on_skipped": return finish(event, .skipped)
        case "runner_on_failed":
            // A failure that a `rescue` mends is forgotten when a later one is not mended.
            if !event.ignoresErrors { failure = event }
            return finish(event, .failed)
        case "runner_on_unreachable":
            unreachable = event
            return finish(event, .unreachable)
        case "playbook_on_stats": readRecap(event.data)
        case "warning": return [.warning(clean(event.text))]
        case "error", "verbose": addText(event.text)
        default: break
        }
        return []
    }

    /// What came of the run.
    ///
    /// - Parameters:
    ///   - status: ansible-runner's exit status: 0, 2 for a failed task, 4 for an unreachable
    ///     host and also for a playbook that cannot be read, 1 for one that is not there.
    ///   - standardErrorTail: the end of what it wrote to standard error.
    /// - Throws: `ansible.task-failed`, `ansible.unreachable`, `ansible.playbook-error`.
    func report(status: Int, standardErrorTail: String) throws -> AnsibleReport {
        if status == 0 {
            guard !recap.isEmpty else {
                throw Diagnostic(
                    code: "ansible.playbook-error",
                    summary: "no play of `\(playbook)` names the machine", location: playbook,
                    causes: causesOutOfText(standardErrorTail),
                    hint: "let `hosts:` name the machine's group, or `all`")
            }
            return AnsibleReport(recap: recap, tasks: tasks)
        }
        if let unreachable { throw diagnostic(unreachable: unreachable) }
        if let failure { throw diagnostic(failed: failure) }
        throw Diagnostic(
            code: "ansible.playbook-error", summary: "Ansible could not run `\(playbook)`",
            location: playbook,
            causes: causesOutOfText(standardErrorTail) + ["ansible-runner ended with \(status)"],
            hint: DiskSpace.hint(ifUsedUp: standardErrorTail)
                ?? "check the playbook with `ansible-playbook --syntax-check \(playbook)`")
    }

    private mutating func finish(
        _ event: AnsibleEvent, _ status: AnsibleTaskResult.Status
    ) -> [AnsibleProgress] {
        let result = AnsibleTaskResult(
            task: redaction.redacted(event.task ?? "unnamed task"), host: event.host,
            status: status, seconds: event.seconds)
        tasks.append(result)
        return [.taskFinished(result)]
    }

    private mutating func readRecap(_ data: JSONValue) {
        let columns: [(String, WritableKeyPath<AnsibleRecap, Int>)] = [
            ("ok", \.ok), ("changed", \.changed), ("dark", \.unreachable),
            ("failures", \.failures), ("skipped", \.skipped), ("rescued", \.rescued),
            ("ignored", \.ignored),
        ]
        let hosts = (data["processed"]?.objectValue).map { $0.map(\.key) } ?? []
        for host in hosts { recap[host] = AnsibleRecap() }
        for (name, column) in columns {
            for host in hosts {
                let count = data[name]?[host]?.integerValue ?? 0
                recap[host, default: AnsibleRecap()][keyPath: column] = Int(count)
            }
        }
    }

    private mutating func addText(_ line: String) {
        let line = clean(line)
        if line.isEmpty { return }
        text.append(line)
        if text.count > Self.textLimitLines { text.removeFirst() }
    }

    /// Without terminal colours.
    private static func plain(_ text: String) -> String {
        text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    }

    /// Without secrets, terminal colours and white space around; cut where it is very long.
    private func clean(_ text: String) -> String {
        let plain = Self.plain(redaction.redacted(text))
        return String(plain.trimmingPrefix(while: \.isWhitespace).prefix(Self.textLimitCharacters))
    }
}

extension AnsibleTranscript {
    private func diagnostic(failed event: AnsibleEvent) -> Diagnostic {
        let result = event.result
        let isHidden = result["censored"] != nil
        var causes = messages(of: result)
        if let status = result["rc"]?.integerValue { causes.append("exit status \(status)") }
        return Diagnostic(
            code: "ansible.task-failed",
            summary: "task `\(redaction.redacted(event.task ?? "unnamed task"))` failed on "
                + "`\(event.host)`",
            location: event.taskPath ?? playbook, causes: causes,
            hint: isHidden
                ? "its output is hidden by `no_log`: log in and look at the machine's own logs"
                : "mend what the message names, then run the same command again: "
                    + "what is done already is done only once")
    }

    private func diagnostic(unreachable event: AnsibleEvent) -> Diagnostic {
        let causes = messages(of: event.result)
        if isContainer {
            return Diagnostic(
                code: "ansible.unreachable",
                summary: "Ansible cannot reach the container through its Docker engine",
                location: event.taskPath ?? playbook, causes: causes,
                hint: "check that the container still runs, and that the engine lets you in: "
                    + "`docker ps`")
        }
        let isOtherKey = causes.contains { $0.contains("Host key verification failed") }
        return Diagnostic(
            code: "ansible.unreachable", summary: "cannot reach `\(event.host)` by ssh",
            location: event.taskPath ?? playbook, causes: causes,
            hint: isOtherKey
                ? "it shows another host key than at first: check that the address is still its "
                    + "own and that nobody stands in between, then start anew"
                : "check that the machine runs, that its firewall lets ssh in from here, and "
                    + "that user and key are right")
    }

    private func messages(of result: JSONValue) -> [String] {
        if let hidden = result["censored"]?.stringValue { return [clean(hidden)] }
        var messages: [String] = []
        // ssh frames its warnings with many `@`.
        let message = (result["msg"]?.stringValue ?? "").replacing(/@{5,}/, with: "")
            .split(whereSeparator: \.isNewline).map { clean(String($0)) }.filter { !$0.isEmpty }
        messages += message.count > 4 ? [message[0]] + message.suffix(3) : message
        let errors = [result["stderr"], result["module_stderr"]].compactMap { $0?.stringValue }
        let lines = errors.joined(separator: "\n").split(whereSeparator: \.isNewline).suffix(5)
        messages += lines.map { "standard error: \(clean(String($0)))" }
        return messages
    }

    /// Ansible's own error message: what follows `[ERROR]`, else the last lines.
    private func causesOutOfText(_ standardErrorTail: String) -> [String] {
        var lines = text
        if lines.isEmpty {
            lines = standardErrorTail.split(whereSeparator: \.isNewline).map { clean(String($0)) }
        }
        let start = lines.lastIndex { $0.hasPrefix("[ERROR]") || $0.hasPrefix("ERROR") }
        return start.map { Array(lines[$0...].prefix(5)) } ?? Array(lines.suffix(5))
    }
}
