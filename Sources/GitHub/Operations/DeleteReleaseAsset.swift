package import HTTP

/// Deletes an asset; one that is gone already is no error.
///
/// Source: <https://docs.github.com/en/rest/releases/assets?apiVersion=2022-11-28#delete-a-release-asset>
package struct DeleteReleaseAsset: GitHubOperation {
    package let repository: RepositoryName
    let id: Int64

    /// Names the asset.
    package init(repository: RepositoryName, id: Int64) {
        self.repository = repository
        self.id = id
    }

    package var call: ServerCall {
        ServerCall(
            method: "DELETE", .path("\(repository.path)/releases/assets/\(id)"),
            purpose: "delete asset \(id)", isRepeatable: true,
            answers: [404])
    }

    package func output(_ answer: GitHubAnswer) throws { try answer.acknowledged() }
}
