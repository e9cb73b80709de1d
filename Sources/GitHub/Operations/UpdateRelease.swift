package import HTTP
import JSON

/// Replaces a release's text, and nothing else of it.
///
/// Source: <https://docs.github.com/en/rest/releases/releases?apiVersion=2022-11-28#update-a-release>
package struct UpdateRelease: GitHubOperation {
    package let repository: RepositoryName
    let id: Int64
    let body: String

    /// Longest text that GitHub takes, in Unicode scalars, whatever bytes they take.
    ///
    /// GitHub's answer has the number ("body is too long (maximum is 125000 characters)"); that it
    /// counts scalars was measured by others.
    ///
    /// Sources: <https://github.com/softprops/action-gh-release/issues/374>,
    /// <https://github.com/dead-claudia/github-limits/pull/13>, and `release_body` in the limits of
    /// <https://github.com/gardener/cc-utils>.
    package static let longestBody = 125_000

    /// Names the release and its new text.
    package init(repository: RepositoryName, id: Int64, body: String) {
        self.repository = repository
        self.id = id
        self.body = body
    }

    package var call: ServerCall {
        ServerCall(
            method: "PATCH", .path("\(repository.path)/releases/\(id)"),
            json: ["body": .string(body)], purpose: "update release \(id)", isRepeatable: true)
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubRelease {
        try GitHubRelease(answer.json())
    }
}
