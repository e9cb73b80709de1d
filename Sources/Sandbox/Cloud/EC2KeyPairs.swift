import AWS

/// What several places ask about key pairs in one region.
struct EC2KeyPairs {
    let aws: any AWSCaller
    let region: String

    /// Deletes the pair of that name; that there is none is no error.
    func remove(named name: String) async throws {
        try await CautiousDeletion.delete(
            ifThere: {
                // A filter, since a name that is not there would be an error.
                try await !aws.call(
                    DescribeKeyPairs(filters: [EC2Filter("key-name", name)]), region: region
                ).isEmpty
            },
            by: {
                _ = try await aws.call(DeleteKeyPair(keyName: name), region: region)
            })
    }
}
