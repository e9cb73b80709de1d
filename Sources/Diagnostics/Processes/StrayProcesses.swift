import Glibc

/// What programs left running whose own process was killed.
///
/// `ParentWatch` ends them when that happens; it may have been killed as well.
package enum StrayProcesses {
    private static let rounds = 20

    /// The name of a folder for the sockets of ssh's masters, by which these are known as ours.
    package static let controlFolder = ProcessOwner.current?.text ?? "cp"

    /// Ends every process of this machine and user whose owner has ended.
    ///
    /// - Returns: how many were ended.
    /// - Throws: `process.stray` where one cannot be ended, `CancellationError`.
    @discardableResult
    package static func end() async throws -> Int {
        var ended: Set<pid_t> = []
        // Again, because one may have started another just before.
        for _ in 0..<rounds {
            let strays = found()
            if strays.isEmpty { return ended.count }
            for stray in strays {
                guard kill(stray, SIGKILL) == 0 || errno == ESRCH else { throw lasting(stray) }
                ended.insert(stray)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        guard let last = found().first else { return ended.count }
        throw lasting(last)
    }

    private static func found() -> [pid_t] {
        ProcessTree.marked { mark in ProcessOwner(ofMark: mark)?.hasEnded == true }
            + ProcessTree.masters { $0.hasEnded }
    }

    private static func lasting(_ process: pid_t) -> Diagnostic {
        Diagnostic(
            code: "process.stray", summary: "process \(process) of an interrupted run does not end",
            hint: "end it with `kill -9 \(process)`, then run the same command again")
    }
}
