import Diagnostics
import JSON

/// One line of `ansible-runner run -j`, with the fields that are used.
///
/// Source: <https://ansible.readthedocs.io/projects/runner/en/stable/intro/>
struct AnsibleEvent: Sendable {
    /// Such as `runner_on_ok`.
    let kind: String
    /// What ansible-playbook would have shown.
    let text: String
    /// The rest, as it came.
    let data: JSONValue

    /// Reads a line; nil where it is no event (warnings and errors come as plain text).
    init?(line: String) {
        // Facts may nest deeply, which is no reason to refuse an event.
        let limits = JSONLimits(depth: 1000)
        guard line.hasPrefix("{"),
            let value = (try? JSONValue.parse(line.utf8, source: "event", limits: limits))
                ?? (try? JSONValue.parse(
                    PythonJSON.strict(line), source: "event", limits: limits)),
            let kind = value["event"]?.stringValue
        else { return nil }
        self.kind = kind
        text = value["stdout"]?.stringValue ?? ""
        data = value["event_data"] ?? [:]
    }

    /// The task's name, with its role's before it; nil where the event concerns no task.
    var task: String? {
        guard let task = data["task"]?.stringValue else { return nil }
        guard let role = data["role"]?.stringValue else { return task }
        return "\(role) : \(task)"
    }

    var host: String { data["host"]?.stringValue ?? "" }
    var taskPath: String? { data["task_path"]?.stringValue }
    var seconds: Double { data["duration"]?.doubleValue ?? 0 }
    var ignoresErrors: Bool { data["ignore_errors"] == true }
    var isChange: Bool { data["res"]?["changed"] == true }

    /// What the module answered; for a loop, the answer to its first item that failed.
    var result: JSONValue {
        let result = data["res"] ?? [:]
        let failedItem = result["results"]?.arrayValue?.first { item in
            item["failed"] == true || item["unreachable"] == true
        }
        return failedItem ?? result
    }
}
