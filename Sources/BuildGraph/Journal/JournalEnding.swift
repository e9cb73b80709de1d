/// Where entries of a journal are ended: the journal itself, or one stage's door to it.
package protocol JournalEnding: Sendable {
    /// Writes down that it is gone for certain, or never came to be.
    func gone(_ entry: JournalEntryID) async throws
    /// Ends an entry without saying that its thing is gone.
    func forget(_ entry: JournalEntryID) async throws
}

extension Journal: JournalEnding {}
