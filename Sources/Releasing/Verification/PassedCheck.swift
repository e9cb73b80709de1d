import Ansible

/// One thing that was found to hold.
package struct PassedCheck: Sendable, Codable, Equatable {
    /// The rest of a sentence that begins "Check that".
    package let what: String
    package let seconds: Double

    /// Describes a check.
    package init(what: String, seconds: Double) {
        self.what = what
        self.seconds = seconds
    }
}

extension AnsibleReport {
    /// The tasks that are checks: by convention their names begin so.
    private static let checkPrefix = "Check that "

    /// What was found to hold; neither what did not apply to the machine is among it nor what
    /// failed where the playbook allows that.
    var checks: [PassedCheck] {
        tasks.filter { $0.name.hasPrefix(Self.checkPrefix) && $0.status.isGood }.map { task in
            PassedCheck(
                what: String(task.name.dropFirst(Self.checkPrefix.count)), seconds: task.seconds)
        }
    }
}
