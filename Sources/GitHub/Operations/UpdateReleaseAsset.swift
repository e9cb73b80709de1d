package import HTTP
import JSON

/// Gives an asset another name, which nothing else of its release may have.
///
/// Source: <https://docs.github.com/en/rest/releases/assets?apiVersion=2022-11-28#update-a-release-asset>
package struct UpdateReleaseAsset: GitHubOperation {
    package let repository: RepositoryName
    let id: Int64
    let name: String

    /// Names the asset and its new name.
    package init(repository: RepositoryName, id: Int64, name: String) {
        self.repository = repository
        self.id = id
        self.name = name
    }

    package var call: ServerCall {
        ServerCall(
            method: "PATCH", .path("\(repository.path)/releases/assets/\(id)"),
            json: ["name": .string(name)], purpose: "rename an asset to `\(name)`",
            isRepeatable: true)
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubAsset {
        try GitHubAsset(answer.json())
    }
}
