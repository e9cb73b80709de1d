import Diagnostics

/// Creating calls without a client token: made again only after a look.
enum LostAnswer {
    /// Between tries, growing to this.
    private static let longestDelaySeconds: Double = 20

    /// Creates a thing once, whatever becomes of the answers: lost, an error of the service's own,
    /// or none to this call.
    ///
    /// An outage is borne as long as `OutagePatience` says, and longer than one try in any case.
    ///
    /// - Parameters:
    ///   - duplicateCode: what the service answers where the name is taken; nil where names are
    ///     not unique, and `find` removes what may have come to be.
    ///   - create: the creating call.
    ///   - time: the clock.
    ///   - find: the thing of that name that this very run made; nil where there is none. Where the
    ///     name is taken it is asked several times: what was just made may not be visible yet.
    /// - Throws: what `create` threw last, where the thing is not there.
    static func creating<T: Sendable>(
        duplicateCode: String?, time: any TimeSource, create: () async throws -> T,
        find: () async throws -> T?
    ) async throws -> T {
        let startSeconds = time.monotonicSeconds()
        var delay = 0.5
        var tries = 1
        while true {
            do {
                return try await create()
            } catch let error as Diagnostic where error.isOutcomeUnknown {
                if let found = try await find() { return found }
                let isPatient =
                    time.monotonicSeconds() - startSeconds + delay <= OutagePatience.seconds
                guard tries < 3 || isPatient else { throw error }
            } catch let error as Diagnostic where error.code == duplicateCode {
                let found = try await PatientLook(time: time).find(find)
                if let found { return found }
                throw error
            }
            try await time.sleep(seconds: delay)
            delay = min(delay * 2, longestDelaySeconds)
            tries += 1
        }
    }
}
