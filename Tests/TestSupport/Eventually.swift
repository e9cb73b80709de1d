/// Waits until something is so.
///
/// For an hour at most, which only ends what would never end: a test passes as soon as it is so,
/// however busy the machine is.
///
/// - Returns: whether it is so.
/// - Throws: what the condition throws, `CancellationError`.
package func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(3600))
    while try await !condition() {
        if ContinuousClock.now > deadline { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}
