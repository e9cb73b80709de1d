package import Ansible

/// What is recorded of a playbook that has nothing else to tell: Ansible's recap, summed over the
/// hosts.
package struct PlayRecap: Sendable, Codable, Equatable {
    /// Tasks that ended well, changes included.
    package let ok: Int
    /// Tasks that changed something.
    package let changed: Int
    /// Tasks whose condition did not hold.
    package let skipped: Int
    /// How long all of it took.
    package let seconds: Double
    /// The tasks that took longest, the slowest first; nil where an older program recorded it.
    package var slowest: [PlayedTask]?

    /// Sums up a report.
    package init(_ report: AnsibleReport, seconds: Double) {
        let hosts = report.recap.values
        ok = hosts.reduce(0) { $0 + $1.ok }
        changed = hosts.reduce(0) { $0 + $1.changed }
        skipped = hosts.reduce(0) { $0 + $1.skipped }
        self.seconds = seconds
        slowest = report.slowest
    }
}

/// One task of a playbook, and how long it took.
package struct PlayedTask: Sendable, Codable, Equatable {
    /// With its role's name before it.
    package let task: String
    package let seconds: Double

    /// Describes a task; see the properties.
    package init(task: String, seconds: Double) {
        self.task = task
        self.seconds = seconds
    }
}

extension AnsibleReport {
    private static let slowestCount = 10

    /// The ten tasks that took longest, the slowest first; of equals the earlier one.
    var slowest: [PlayedTask] {
        let ordered = tasks.enumerated().filter { $0.element.status != .skipped }.sorted {
            ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
        }
        return ordered.prefix(Self.slowestCount).map {
            PlayedTask(task: $0.element.task, seconds: $0.element.seconds)
        }
    }
}
