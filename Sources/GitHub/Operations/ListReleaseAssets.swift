package import HTTP

/// Lists the assets of a release, half uploads too.
///
/// Source: <https://docs.github.com/en/rest/releases/assets?apiVersion=2022-11-28#list-release-assets>
package struct ListReleaseAssets: PagedGitHubOperation {
    /// What a page consists of.
    package typealias Element = GitHubAsset

    package let repository: RepositoryName
    let releaseId: Int64
    /// The address of a later page; nil for the first.
    var page: String?

    /// Asks for the first page.
    package init(repository: RepositoryName, releaseId: Int64) {
        self.repository = repository
        self.releaseId = releaseId
    }

    package var call: ServerCall {
        let purpose = "list the assets of release \(releaseId)"
        if let page { return .reading(.url(page), purpose: purpose) }
        return .reading(
            .path("\(repository.path)/releases/\(releaseId)/assets"),
            query: [("per_page", "100")], purpose: purpose)
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubPage<GitHubAsset> {
        try answer.page { try GitHubAsset($0) }
    }

    package func following(_ url: String) -> ListReleaseAssets {
        var next = self
        next.page = url
        return next
    }
}
