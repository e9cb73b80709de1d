import JSON

/// Replaces a release's text, and nothing else of it.
///
/// Source: <https://docs.github.com/en/rest/releases/releases?apiVersion=2022-11-28#update-a-release>
package struct UpdateRelease: GitHubOperation {
    let repository: RepositoryName
    let id: Int64
    let body: String

    /// Longest text that GitHub takes, in characters.
    package static let longestBody = 125_000

    /// Names the release and its new text.
    package init(repository: RepositoryName, id: Int64, body: String) {
        self.repository = repository
        self.id = id
        self.body = body
    }

    package var call: GitHubCall {
        GitHubCall(
            method: "PATCH", address: .path("\(repository.path)/releases/\(id)"),
            body: .json(["body": .string(body)]), purpose: "update release \(id)",
            repository: repository, isRepeatable: true)
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubRelease {
        try GitHubRelease(answer.json())
    }
}
