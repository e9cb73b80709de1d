import HTTP
package import JSON

/// What a call was answered.
package struct GitHubAnswer: Sendable {
    package let status: Int
    package let body: [UInt8]
    /// The address of the page behind this one; nil for the last.
    package let next: String?

    init(_ response: HTTPResponse) {
        status = response.status
        body = response.body
        next = LinkHeader.next(response.header("Link"))
    }

    /// Makes sure that it is the answer of an operation that answers nothing.
    ///
    /// - Throws: `github.wire`.
    func acknowledged() throws {
        guard status != 200, status == 404 || body.isEmpty else {
            throw GitHubWire.garbled("it has status \(status) and \(body.count) bytes")
        }
    }

    /// The body as JSON.
    ///
    /// - Throws: `github.wire`.
    package func json() throws -> JSONValue {
        do {
            return try JSONValue.parse(body, source: "GitHub's answer")
        } catch {
            throw GitHubWire.garbled("it is no JSON")
        }
    }

    /// The body as a list, each element read by `read`.
    func page<Element: Sendable>(
        _ read: (JSONValue) throws -> Element
    ) throws -> GitHubPage<Element> {
        guard let all = try json().arrayValue else { throw GitHubWire.garbled("it is no list") }
        return GitHubPage(elements: try all.map(read), next: next)
    }
}

/// The header `Link`, which names the page behind.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8288>
enum LinkHeader {
    /// The address with relation `next`; nil where there is none.
    static func next(_ header: String?) -> String? {
        guard let header else { return nil }
        // An address may hold commas, so links are told apart by their brackets.
        for link in header.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            guard let end = link.firstIndex(of: ">") else { continue }
            let parameters = link[link.index(after: end)...].split(separator: ";")
            let isNext = parameters.contains { parameter in
                let text = parameter.filter { !" ,\"\t".contains($0) }.lowercased()
                return text == "rel=next"
            }
            if isNext { return String(link[..<end]) }
        }
        return nil
    }
}
