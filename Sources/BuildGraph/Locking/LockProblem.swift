import Diagnostics

/// The errors of taking, keeping and breaking the lock of results, wherever they are.
enum LockProblem {
    /// Somebody else holds the lock.
    ///
    /// - Parameter sign: when the run was last heard of; nil where nothing is known.
    static func busy(_ holder: LockInfo?, _ location: String, sign: String? = nil) -> Diagnostic {
        Diagnostic(
            code: "results.locked", severity: .locked,
            summary: "another run holds the lock of the results in `\(location)`",
            location: location,
            causes: (holder.map { [describe($0)] } ?? []) + (sign.map { [$0] } ?? []),
            hint: "wait for it with `--wait-lock SECONDS`"
                + (holder.map {
                    ", or, where it is dead, break its lock with "
                        + "`dssbatch unlock MANIFEST --run-id \($0.runId)`"
                } ?? ""))
    }

    /// This run's lock was broken or taken over.
    static func lost(_ location: String, causes: [String] = []) -> Diagnostic {
        Diagnostic(
            code: "results.lock-lost",
            summary: "the lock of these results was broken while this run held it",
            location: location, causes: causes,
            hint: "this run stops; see who broke it, then run the same command again")
    }

    /// There is no lock that could be broken.
    static func notLocked(_ location: String) -> Diagnostic {
        Diagnostic(
            code: "results.not-locked", severity: .configuration,
            summary: "no run holds the lock of the results in `\(location)`", location: location,
            hint: "there is nothing to break; just start the run")
    }

    /// The lock is not that run's.
    static func heldByOther(
        _ holder: LockInfo, than runId: String, _ location: String
    ) -> Diagnostic {
        Diagnostic(
            code: "results.locked-by-other", severity: .configuration,
            summary: "the lock is held by run `\(holder.runId)`, not by `\(runId)`",
            location: location, causes: [describe(holder)],
            hint: "look whether that run is alive before you break its lock")
    }

    private static func describe(_ holder: LockInfo) -> String {
        "run `\(holder.runId)` of `\(holder.owner)` on host `\(holder.host)` (process "
            + "\(holder.pid)) holds it since \(holder.startedAt): `\(holder.command)`"
    }
}
