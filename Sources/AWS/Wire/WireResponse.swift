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

    /// The body's root, which is this operation's own; for awsQuery the element `<ActionResult>`
    /// inside it.
    ///
    /// A status of 200 proves little: a proxy's page has it too.
    ///
    /// - Parameter names: the root may have, where the protocol does not derive it from the action.
    /// - Throws: `aws.wire` where the body is another, or holds no result.
    package func xml(_ names: String...) throws -> XMLNode {
        let root = try root(names.isEmpty ? ["\(action.name)Response"] : names)
        guard case .awsQuery = action.service.wireProtocol else { return root }
        return try root.child("\(action.name)Result")
    }

    /// Makes sure that this is the answer of an operation that answers nothing.
    ///
    /// - Throws: `aws.wire` where it is another.
    package func acknowledged() throws {
        if case .restXml = action.service.wireProtocol {
            guard http.body.allSatisfy({ $0 <= 0x20 }) else {
                throw Self.foreign("a body of \(http.body.count) bytes where there is none")
            }
            return
        }
        let root = try root(["\(action.name)Response"])
        if root.boolean("return") == false { throw Self.foreign("`return` is `false`") }
    }

    /// The body as JSON.
    ///
    /// - Parameter names: the operation's own fields, of which at least one is there.
    /// - Throws: `aws.wire` where the body is no JSON, or another operation's.
    package func json(withOneOf names: String...) throws -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONValue.parse(http.body, source: action.qualifiedName)
        } catch let error as Diagnostic {
            throw Diagnostic(
                code: "aws.wire", summary: "the answer is no JSON", causes: [error.summary])
        }
        guard names.contains(where: { value[$0] != nil }) else {
            throw Self.foreign("none of " + names.map { "`\($0)`" }.joined(separator: ", "))
        }
        return value
    }

    private func root(_ names: [String]) throws -> XMLNode {
        let root = try XMLReader.parse(http.body)
        guard names.contains(root.name) else {
            throw Self.foreign("`<\(root.name)>`, not `<\(names[0])>`")
        }
        return root
    }

    private static func foreign(_ what: String) -> Diagnostic {
        Diagnostic(
            code: "aws.wire", summary: "the answer is not this operation's: \(what)",
            hint: "check that the endpoint is AWS or a faithful emulator of it")
    }
}
