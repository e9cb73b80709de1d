package import HTTP
import JSON

/// Creates a release; each call makes another one.
///
/// Source: <https://docs.github.com/en/rest/releases/releases?apiVersion=2022-11-28#create-a-release>
package struct CreateRelease: GitHubOperation {
    package let repository: RepositoryName
    let tag: String
    /// A branch or a commit, where the tag is not there yet.
    let target: String
    let title: String
    let body: String
    let isDraft: Bool
    let isPrerelease: Bool

    /// Describes the release; a draft makes no tag before it is published.
    package init(
        repository: RepositoryName, tag: String, target: String, title: String, body: String,
        isDraft: Bool, isPrerelease: Bool
    ) {
        self.repository = repository
        self.tag = tag
        self.target = target
        self.title = title
        self.body = body
        self.isDraft = isDraft
        self.isPrerelease = isPrerelease
    }

    package var call: ServerCall {
        ServerCall(
            method: "POST", .path("\(repository.path)/releases"),
            json: [
                "tag_name": .string(tag), "target_commitish": .string(target),
                "name": .string(title), "body": .string(body), "draft": .bool(isDraft),
                "prerelease": .bool(isPrerelease),
            ],
            purpose: "create release `\(tag)`", isRepeatable: false)
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubRelease {
        try GitHubRelease(answer.json())
    }
}
