package import HTTP

/// Downloads an asset's bytes; GitHub sends them itself, or says where they are.
///
/// Source: <https://docs.github.com/en/rest/releases/assets?apiVersion=2022-11-28#get-a-release-asset>
package struct DownloadReleaseAsset: GitHubOperation {
    package let repository: RepositoryName
    let id: Int64

    /// Names the asset.
    package init(repository: RepositoryName, id: Int64) {
        self.repository = repository
        self.id = id
    }

    package var call: ServerCall {
        var call = ServerCall.reading(
            .path("\(repository.path)/releases/assets/\(id)"), purpose: "download asset \(id)")
        call.headers = [("Accept", "application/octet-stream")]
        call.answers = [302]
        call.limitSeconds = 300
        return call
    }

    package func output(_ answer: GitHubAnswer) throws -> [UInt8] { answer.body }
}
