import Diagnostics

/// Where releases are published; the real one is `GitHubClient`.
package protocol ReleaseHost: Sendable {
    /// Makes sure that there is a token to show, and an address to show it to; asks nobody.
    ///
    /// - Throws: `github.no-token`, `github.api-url`, severity `.configuration`.
    func checkConfiguration() throws
    /// Calls one operation.
    ///
    /// - Throws: `github.*`; `github.unknown-outcome` where nobody knows whether it was done.
    func call<O: GitHubOperation>(_ operation: O) async throws -> O.Output
}

extension ReleaseHost {
    /// The elements of every page, in order.
    ///
    /// - Parameters:
    ///   - operation: of the first page.
    ///   - pageLimit: how many pages to read at most.
    ///   - partIsEnough: whether what is behind the last of these pages may be left out.
    ///   - isEnough: asked after each page; true ends the reading.
    /// - Throws: `github.too-many-pages` where there are more pages than that.
    package func all<O: PagedGitHubOperation>(
        _ operation: O, pageLimit: Int = 50, partIsEnough: Bool = false,
        until isEnough: ([O.Element]) -> Bool = { _ in false }
    ) async throws -> [O.Element] {
        var elements: [O.Element] = []
        var next: O? = operation
        for _ in 0..<pageLimit {
            guard let operation = next else { return elements }
            let page = try await call(operation)
            elements += page.elements
            if isEnough(elements) { return elements }
            next = page.next.map { operation.following($0) }
        }
        guard next != nil, !partIsEnough else { return elements }
        throw Diagnostic(
            code: "github.too-many-pages",
            summary: "GitHub lists more than \(elements.count) of what was asked for",
            hint: "remove what is no longer needed, then run the same command again")
    }
}
