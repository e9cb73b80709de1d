package import HTTP

/// Reads one release.
///
/// Source: <https://docs.github.com/en/rest/releases/releases?apiVersion=2022-11-28#get-a-release>
package struct GetRelease: GitHubOperation {
    package let repository: RepositoryName
    let id: Int64

    /// Names the release.
    package init(repository: RepositoryName, id: Int64) {
        self.repository = repository
        self.id = id
    }

    package var call: ServerCall {
        .reading(
            .path("\(repository.path)/releases/\(id)"), purpose: "read release \(id)")
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubRelease {
        try GitHubRelease(answer.json())
    }
}
