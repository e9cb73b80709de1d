import Diagnostics

/// One page of a list.
package struct AWSPage<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Names the next page; nil on the last.
    package let nextToken: String?

    /// Makes a page; an empty token counts as none.
    package init(items: [Item], nextToken: String?) {
        self.items = items
        self.nextToken = nextToken.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension AWSPage: Equatable where Item: Equatable {}

/// An operation whose answer comes in pages.
package protocol AWSPagedOperation: AWSOperation {
    /// Names the page to ask for; nil for the first.
    var pageToken: String? { get set }
    /// Names the page behind `output`; nil where it is the last.
    static func nextToken(of output: Output) -> String?
}

extension AWSPagedOperation {
    /// Names the page behind a plain page.
    package static func nextToken<Item>(of output: Output) -> String?
    where Output == AWSPage<Item> { output.nextToken }
}

extension AWSCaller {
    /// Follows every page of an answer.
    ///
    /// - Parameters:
    ///   - operation: the call; its `pageToken` is where to begin.
    ///   - region: such as `eu-central-1`.
    ///   - pageLimit: more pages than this are an error, so that the wait is bounded.
    /// - Throws: `aws.pages` where a page's token repeats or the limit is reached.
    package func pages<O: AWSPagedOperation>(
        _ operation: O, region: String, pageLimit: Int = 1000
    ) async throws -> [O.Output] {
        var request = operation
        var outputs: [O.Output] = []
        var seen: Set<String> = []
        while outputs.count < pageLimit {
            let output = try await call(request, region: region)
            outputs.append(output)
            guard let token = O.nextToken(of: output) else { return outputs }
            guard seen.insert(token).inserted else {
                throw Diagnostic(
                    code: "aws.pages",
                    summary: "\(O.action.qualifiedName) answers the same page again and again",
                    hint: "run the command again; if it stays so, check the endpoint")
            }
            request.pageToken = token
        }
        throw Diagnostic(
            code: "aws.pages",
            summary: "\(O.action.qualifiedName) answers more than \(pageLimit) pages",
            hint: "narrow the search, for instance to one asset id")
    }

    /// Every item of every page.
    package func all<O: AWSPagedOperation, Item>(
        _ operation: O, region: String, pageLimit: Int = 1000
    ) async throws -> [Item] where O.Output == AWSPage<Item> {
        try await pages(operation, region: region, pageLimit: pageLimit).flatMap(\.items)
    }
}
