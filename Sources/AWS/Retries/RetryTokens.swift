/// Bounds how much all calls of one client may retry together, so that an ailing service is not
/// buried under repetitions.
actor RetryTokens {
    static let capacity = 500
    private var available = capacity

    /// Takes tokens for one more attempt; false where too few are left.
    func take(_ cost: Int) -> Bool {
        guard cost <= available else { return false }
        available -= cost
        return true
    }

    /// Gives back what the last retry took, or one after a call that needed none.
    func give(_ count: Int) { available = min(Self.capacity, available + count) }
}
