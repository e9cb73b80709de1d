/// One place where credentials may lie.
package protocol CredentialProvider: Sendable {
    /// What this place is called in messages.
    var place: String { get }

    /// Looks there.
    ///
    /// - Returns: credentials, or nil where nothing is set up here and the next place counts.
    /// - Throws: where something is set up but does not work.
    func load() async throws -> AWSCredentials?
}
