import AWS
import BuildGraph
import Diagnostics
import FoundationEssentials

/// What several places ask about key pairs in one region.
struct EC2KeyPairs {
    let aws: any AWSCaller
    let region: String
    let time: any TimeSource

    /// Deletes the pair of that name; that there is none is no error.
    ///
    /// - Parameter birth: when it was made, should it be there; nil for just now.
    func remove(named name: String, bornAt birth: Date?) async throws {
        try await CautiousDeletion.delete(
            ifThere: {
                try await find(name) != nil
            }, bornAt: birth, time: time,
            by: {
                _ = try await aws.call(DeleteKeyPair(keyName: name), region: region)
            })
    }

    /// Deletes the pair of a leftover's name, if its run imported it.
    func remove(_ leftover: Leftover) async throws -> LeftoverOutcome {
        guard let name = leftover.name ?? leftover.id else { return .gone }
        let found = try await PatientLook(time: time).find(bornAt: leftover.bornAt) {
            try await find(name)
        }
        guard let found else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(to: found.tags) {
            return .notOurs(because: reason)
        }
        try await CautiousDeletion.delete(
            found: { try await find(name) != nil },
            by: { _ = try await aws.call(DeleteKeyPair(keyName: name), region: region) })
        return .gone
    }

    private func find(_ name: String) async throws -> EC2KeyPair? {
        // A filter, since a name that is not there would be an error.
        try await aws.call(
            DescribeKeyPairs(filters: [EC2Filter("key-name", name)]), region: region
        ).first
    }
}
