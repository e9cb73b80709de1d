/// Removes what interrupted runs left behind.
package protocol Recovery: Sendable {
    /// Ends the programs of killed runs that still work on this machine.
    ///
    /// Called under the lock before anything is continued, removed or started.
    ///
    /// - Throws: `process.stray` where one cannot be ended.
    func endStrayProcesses() async throws
    /// Finds each thing by id, by client token, else by name or tag; removes it where it exists,
    /// and ends its entry in the journal.
    ///
    /// Called under the lock before any stage starts, and only with entries of stages that will
    /// not run: those that do adopt their own. An entry without an id may be left open then, where
    /// its thing is not there: the last request of a run that was killed may still be on its way.
    /// It is asked about once more at the end of the run.
    ///
    /// - Parameters:
    ///   - entries: what is left, the oldest first.
    ///   - journal: where each entry is ended (`gone`).
    ///   - willRun: the stages that will run.
    ///   - isLast: whether an entry is ended also where nothing is found under a name.
    ///   - warn: names what could not be removed, with the command that removes it.
    func recover(
        _ entries: [JournalEntry], journal: Journal, willRun: Set<StageName>, isLast: Bool,
        warn: @escaping @Sendable (String) -> Void
    ) async throws
}
