/// What a playbook that succeeded did, task by task.
package struct PlayReport: Sendable, Equatable {
    /// One task of the play.
    package struct Task: Sendable, Equatable {
        /// The task's name, without its role's.
        package var name: String
        package var wasSkipped: Bool
        package var seconds: Double

        /// Describes a task.
        package init(name: String, wasSkipped: Bool, seconds: Double) {
            self.name = name
            self.wasSkipped = wasSkipped
            self.seconds = seconds
        }
    }

    package var recap: PlayRecap
    /// In the order in which they ran.
    package var tasks: [Task]

    /// Makes a report.
    package init(recap: PlayRecap, tasks: [Task]) {
        self.recap = recap
        self.tasks = tasks
    }

    /// The tasks that are checks: by convention their names begin so.
    package static let checkPrefix = "Check that "

    /// What was checked; what did not apply to the machine is not among it.
    var checks: [PassedCheck] {
        tasks.filter { $0.name.hasPrefix(Self.checkPrefix) && !$0.wasSkipped }.map { task in
            PassedCheck(
                what: String(task.name.dropFirst(Self.checkPrefix.count)), seconds: task.seconds)
        }
    }
}

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

/// How a playbook ended.
package struct PlayRecap: Sendable, Codable, Equatable {
    package var ok: Int
    package var changed: Int
    package var skipped: Int
    package var seconds: Double

    /// Makes a recap.
    package init(ok: Int, changed: Int, skipped: Int, seconds: Double) {
        self.ok = ok
        self.changed = changed
        self.skipped = skipped
        self.seconds = seconds
    }
}
