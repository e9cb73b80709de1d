import Dispatch
import Synchronization

/// Runs tasks and counts the processor time that they use, and nobody else's.
///
/// The clock of the whole process would count the tests that run beside.
package final class CountingExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "counting")
    private let used = Mutex(0.0)

    /// Makes one that has run nothing.
    package init() {}

    /// What everything that it ran used so far, in seconds.
    package var seconds: Double { used.withLock { $0 } }

    /// Runs one step of a task, after those before it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            let start = ProcessorClock.ofThread()
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            self.used.withLock { $0 += ProcessorClock.ofThread() - start }
        }
    }
}
