import AWS
import Diagnostics
import Foundation

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
                // A filter, since a name that is not there would be an error.
                try await !aws.call(
                    DescribeKeyPairs(filters: [EC2Filter("key-name", name)]), region: region
                ).isEmpty
            }, bornAt: birth, time: time,
            by: {
                _ = try await aws.call(DeleteKeyPair(keyName: name), region: region)
            })
    }
}
