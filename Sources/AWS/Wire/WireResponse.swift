import Diagnostics
package import HTTP
package import JSON

/// A successful answer, with what an operation needs to decode it.
package struct WireResponse: Sendable {
    package let action: AWSAction
    package let http: HTTPResponse

    /// Wraps an answer to `action`.
    package init(action: AWSAction, http: HTTPResponse) {
        self.action = action
        self.http = http
    }

    /// The first header of that name, compared without case.
    package func header(_ name: String) -> String? { http.header(name) }

    /// A header that the answer must have.
    ///
    /// - Throws: `aws.wire` naming it.
    package func requiredHeader(_ name: String) throws -> String {
        guard let value = header(name) else { throw XMLNode.missing(name, in: "the headers") }
        return value
    }

    /// The body's root; for awsQuery the element `<ActionResult>` inside it.
    ///
    /// - Throws: `aws.wire` where the body is no XML or holds no result.
    package func xml() throws -> XMLNode {
        let root = try XMLReader.parse(http.body)
        guard case .awsQuery = action.service.wireProtocol else { return root }
        let result = "\(action.name)Result"
        guard let node = root[result] else { throw XMLNode.missing(result, in: root.name) }
        return node
    }

    /// The body as JSON.
    ///
    /// - Throws: `aws.wire` where the body is none.
    package func json() throws -> JSONValue {
        do {
            return try JSONValue.parse(http.body, source: action.qualifiedName)
        } catch let error as Diagnostic {
            throw Diagnostic(
                code: "aws.wire", summary: "the answer is no JSON", causes: [error.summary])
        }
    }
}
