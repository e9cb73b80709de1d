import Ansible
import Diagnostics
import Foundation
import JSON
import Releasing
import Synchronization

/// Playbooks that do nothing but report tasks and store an inventory where one is asked for.
final class FakeProvisioner: Provisioner {
    private let tasks: [AnsibleTaskResult]
    private let problem: Diagnostic?
    private let seen = Mutex<[Play]>([])

    /// - Parameters:
    ///   - tasks: what each play reports.
    ///   - problem: why each play fails; nil where they do not.
    init(tasks: [AnsibleTaskResult] = [], problem: Diagnostic? = nil) {
        self.tasks = tasks
        self.problem = problem
    }

    /// Every play so far.
    var plays: [Play] { seen.withLock { $0 } }

    func run(
        _ play: Play, onTask: @escaping @Sendable (String, Int) -> Void,
        onOutput: @escaping @Sendable (String) -> Void
    ) async throws -> AnsibleReport {
        seen.withLock { $0.append(play) }
        if let problem { throw problem }
        if let path = play.variables["inventory_destination"]?.stringValue {
            try AtomicFile.write(Array(InventoryTests.text.utf8), to: path)
        }
        for (number, task) in tasks.enumerated() { onTask(task.name, number) }
        return AnsibleReport(recap: ["sandbox": AnsibleRecap()], tasks: tasks)
    }
}
