package import HTTP

/// One operation of GitHub's REST API: what to ask, and how to read the answer.
package protocol GitHubOperation: Sendable {
    associatedtype Output: Sendable

    /// Whose releases it is about.
    var repository: RepositoryName { get }
    /// What to send; the client adds the token.
    var call: ServerCall { get }
    /// Reads an answer whose status is 2xx.
    ///
    /// - Throws: `github.wire`.
    func output(_ answer: GitHubAnswer) throws -> Output
}

/// An operation that answers in pages.
package protocol PagedGitHubOperation: GitHubOperation where Output == GitHubPage<Element> {
    associatedtype Element: Sendable

    /// The same operation for the page at that address.
    func following(_ url: String) -> Self
}

/// One page of a list.
package struct GitHubPage<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// The address of the page behind it; nil for the last one.
    package let next: String?

    /// Makes a page.
    package init(elements: [Element], next: String?) {
        self.elements = elements
        self.next = next
    }
}
