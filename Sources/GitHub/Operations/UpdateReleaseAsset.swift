import JSON

/// Gives an asset another name, which nothing else of its release may have.
///
/// Source: <https://docs.github.com/en/rest/releases/assets?apiVersion=2022-11-28#update-a-release-asset>
package struct UpdateReleaseAsset: GitHubOperation {
    let repository: RepositoryName
    let id: Int64
    let name: String

    /// Names the asset and its new name.
    package init(repository: RepositoryName, id: Int64, name: String) {
        self.repository = repository
        self.id = id
        self.name = name
    }

    package var call: GitHubCall {
        GitHubCall(
            method: "PATCH", address: .path("\(repository.path)/releases/assets/\(id)"),
            body: .json(["name": .string(name)]), purpose: "rename an asset to `\(name)`",
            repository: repository, isRepeatable: true)
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubAsset {
        try GitHubAsset(answer.json())
    }
}
