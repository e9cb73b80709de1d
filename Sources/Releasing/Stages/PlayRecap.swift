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

    /// Sums up a report.
    package init(_ report: AnsibleReport, seconds: Double) {
        let hosts = report.recap.values
        ok = hosts.reduce(0) { $0 + $1.ok }
        changed = hosts.reduce(0) { $0 + $1.changed }
        skipped = hosts.reduce(0) { $0 + $1.skipped }
        self.seconds = seconds
    }
}
