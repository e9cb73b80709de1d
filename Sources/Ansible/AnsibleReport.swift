/// What a playbook that succeeded did.
package struct AnsibleReport: Codable, Equatable, Sendable {
    /// What Ansible counted, by host.
    package var recap: [String: AnsibleRecap]
    /// Each task on each host, in order.
    package var tasks: [AnsibleTaskResult]

    /// Makes a report.
    package init(recap: [String: AnsibleRecap], tasks: [AnsibleTaskResult]) {
        self.recap = recap
        self.tasks = tasks
    }
}

/// One host's line of Ansible's play recap.
package struct AnsibleRecap: Codable, Equatable, Sendable {
    /// Tasks that ended well, changes included.
    package var ok = 0
    /// Tasks that changed something.
    package var changed = 0
    /// Tasks that did not reach the host.
    package var unreachable = 0
    /// Tasks that failed and were not mended.
    package var failures = 0
    /// Tasks whose condition did not hold.
    package var skipped = 0
    /// Tasks that failed and were mended by a `rescue`.
    package var rescued = 0
    /// Tasks that failed where that is allowed.
    package var ignored = 0

    /// Makes a line of zeros.
    package init() {}
}

/// How one task went on one host.
package struct AnsibleTaskResult: Codable, Equatable, Sendable {
    /// How a task ended.
    package enum Status: String, Codable, Sendable {
        case ok, changed, skipped, failed, unreachable

        /// Whether the task was done, and well.
        package var isGood: Bool {
            switch self {
            case .ok, .changed: true
            case .skipped, .failed, .unreachable: false
            }
        }
    }

    /// The task's name, with its role's before it.
    package var task: String
    /// The machine's name in the inventory.
    package var host: String
    /// How it ended.
    package var status: Status
    /// How long it took.
    package var seconds: Double

    /// The task's name without its role's.
    package var name: String {
        guard let separator = task.firstRange(of: " : ") else { return task }
        return String(task[separator.upperBound...])
    }

    /// Makes a result.
    package init(task: String, host: String, status: Status, seconds: Double) {
        self.task = task
        self.host = host
        self.status = status
        self.seconds = seconds
    }
}

/// What is going on while a playbook runs.
package enum AnsibleProgress: Equatable, Sendable {
    /// A task begins; `number` counts from 1, the total is not known.
    case taskStarted(name: String, number: Int)
    /// A task ended on a host.
    case taskFinished(AnsibleTaskResult)
    /// What a terminal would show, in one line or more.
    case output(String)
    /// Ansible, or the run's own cleaning up, warns of something.
    case warning(String)
}
