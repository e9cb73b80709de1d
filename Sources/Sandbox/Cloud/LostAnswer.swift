import Diagnostics

/// Creating calls without a client token, whose names are unique.
enum LostAnswer {
    private static let mostTries = 3

    /// Creates a thing once, however often the answer is lost.
    ///
    /// - Parameters:
    ///   - duplicateCode: what the service answers where the name is taken.
    ///   - create: the creating call.
    ///   - time: the clock.
    ///   - find: the thing of that name that this very run made; nil where there is none. Where the
    ///     name is taken it is asked several times: what was just made may not be visible yet.
    /// - Throws: what `create` threw last, where the thing is not there.
    static func creating<T: Sendable>(
        duplicateCode: String, time: any TimeSource, create: () async throws -> T,
        find: () async throws -> T?
    ) async throws -> T {
        for _ in 1..<mostTries {
            do {
                return try await create()
            } catch let error as Diagnostic where error.code == "aws.unreachable" {
                if let found = try await find() { return found }
            } catch let error as Diagnostic where error.code == duplicateCode {
                let found = try await PatientLook(time: time).find(find)
                if let found { return found }
                throw error
            }
        }
        return try await create()
    }
}
