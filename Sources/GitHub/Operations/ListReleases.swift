package import HTTP

/// Lists releases, the newest first; drafts only for whom may write.
///
/// Source: <https://docs.github.com/en/rest/releases/releases?apiVersion=2022-11-28#list-releases>
package struct ListReleases: PagedGitHubOperation {
    /// What a page consists of.
    package typealias Element = GitHubRelease

    package let repository: RepositoryName
    /// The address of a later page; nil for the first.
    var page: String?

    /// Asks for the first page.
    package init(repository: RepositoryName) { self.repository = repository }

    package var call: ServerCall {
        let purpose = "list the releases"
        if let page { return .reading(.url(page), purpose: purpose) }
        return .reading(
            .path("\(repository.path)/releases"), query: [("per_page", "100")], purpose: purpose)
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubPage<GitHubRelease> {
        try answer.page { try GitHubRelease($0) }
    }

    package func following(_ url: String) -> ListReleases {
        var next = self
        next.page = url
        return next
    }
}
