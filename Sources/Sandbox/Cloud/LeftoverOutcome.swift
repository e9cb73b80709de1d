/// What came of removing a leftover.
enum LeftoverOutcome: Sendable, Equatable {
    /// It is gone, now or before, or never came to be.
    case gone
    /// It stays, because it is not what its run made.
    case notOurs(because: String)
}
