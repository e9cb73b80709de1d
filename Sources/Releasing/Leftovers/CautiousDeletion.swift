import Diagnostics
import FoundationEssentials

/// Deletes what may be gone already, and believes a look rather than the deletion's answer.
///
/// Authorisation comes before existence: what is gone has no tags, so a role that may delete only
/// what carries a tag is answered `UnauthorizedOperation`, and not that there is nothing. A
/// deletion whose answer was lost meets that when it is sent again.
///
/// Source:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
enum CautiousDeletion {
    /// Deletes what a look finds; what the look does not find, before or after, is gone.
    ///
    /// - Parameters:
    ///   - isThere: the look; patient with what is young, which EC2 may not show yet.
    ///   - birth: when it was made, should it be there; nil for just now.
    ///   - delete: the call, made at most once.
    /// - Throws: what the look throws, or what the deletion was answered while the thing is there.
    static func delete(
        ifThere isThere: () async throws -> Bool, bornAt birth: Date?, time: any TimeSource,
        by delete: () async throws -> Void
    ) async throws {
        let found: Bool? = try await PatientLook(time: time).find(bornAt: birth) {
            try await isThere() ? true : nil
        }
        guard found != nil else { return }
        try await Self.delete(found: isThere, by: delete)
    }

    /// Deletes what the caller has just seen.
    ///
    /// - Parameters:
    ///   - isThere: a second look, after a refusal.
    ///   - delete: the call, made once.
    /// - Throws: what the deletion was answered while the thing is there.
    static func delete(
        found isThere: () async throws -> Bool, by delete: () async throws -> Void
    ) async throws {
        do {
            try await delete()
        } catch let refusal as Diagnostic where refusal.code.hasPrefix("aws.") {
            // Where the second look fails, the refusal is the better story.
            let isStillThere = (try? await isThere()) ?? true
            if isStillThere { throw refusal }
        }
    }
}
