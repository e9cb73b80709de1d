import AWS
import Diagnostics

/// Temporary credentials that are others each time.
actor CountingCredentials: CredentialProvider {
    private(set) var count = 0
    nonisolated var place: String { "a counter" }

    func load() async throws -> AWSCredentials? {
        count += 1
        return AWSCredentials(
            accessKeyId: "AK\(count)", secretAccessKey: Secret("s"), sessionToken: Secret("t"),
            origin: place)
    }
}
