import Diagnostics
import FoundationEssentials
package import HTTP
import Hashing
import JSON

/// A request before it has an endpoint and a signature; an operation fills in what its service's
/// protocol uses and leaves the rest alone.
package struct WireRequest: Sendable {
    package let action: AWSAction
    /// ec2Query and awsQuery: the form fields.
    package var form: QueryFields
    /// restXml and restJson: the method.
    package var method = "GET"
    /// S3: the bucket, which may become part of the host name.
    package var bucket: String?
    /// S3: the key, as it is, not encoded; restJson: the path.
    package var key: String?
    /// S3: whether the bucket stays in the path, whatever its name.
    package var isPathStyle = false
    /// restXml and restJson: query fields; nil for a bare name such as `?uploads`.
    package var query: [(name: String, value: String?)] = []
    /// Further headers, such as `if-match`.
    package var headers: [(name: String, value: String)] = []
    /// The body, where the protocol does not write it from `form`.
    package var body: HTTPRequest.Body = .none
    /// Whether a status of 200 may come with an error in its body.
    package var mayFailWithStatus200 = false
    /// Longest time in which no byte moves.
    package var idleTimeoutSeconds: Double = 60
    /// Longest time for one attempt.
    package var totalTimeoutSeconds: Double = 300
    /// Longest answer that is kept in memory.
    package var answerLimitBytes = 16 << 20

    /// Makes an empty request.
    package init(_ action: AWSAction) {
        self.action = action
        if case .ec2Query = action.service.wireProtocol {
            form = QueryFields(style: .ec2)
        } else {
            form = QueryFields(style: .member)
        }
    }

    /// restXml: sets the method and what it is about.
    package mutating func object(_ method: String, bucket: String, key: String? = nil) {
        self.method = method
        self.bucket = bucket
        self.key = key
    }

    /// Adds a query field; nil adds nothing.
    package mutating func query(_ name: String, _ value: String?) {
        if let value { query.append((name, value)) }
    }

    /// Adds a query field without a value, such as `?uploads`.
    package mutating func subresource(_ name: String) { query.append((name, nil)) }

    /// Adds a header; nil adds nothing.
    package mutating func header(_ name: String, _ value: String?) {
        if let value { headers.append((name, value)) }
    }

    /// restXml: sets an XML body.
    package mutating func xml(_ root: XMLNode) {
        body = .bytes(Array(root.document.utf8))
        headers.append(("content-type", "application/xml"))
    }

    /// restXml: adds the digest of the body, which S3 demands of a few calls.
    package mutating func bodyChecksum() {
        guard case .bytes(let bytes) = body else { return }
        headers.append(("x-amz-sdk-checksum-algorithm", "SHA256"))
        headers.append(
            ("x-amz-checksum-sha256", Data(SHA256.digest(of: bytes)).base64EncodedString()))
    }

    /// json and restJson: sets the body from the operation's own fields.
    ///
    /// - Throws: `json.*` where a field cannot be written.
    package mutating func json<Body: Encodable>(_ fields: Body) throws {
        body = .bytes(Array(try JSONValue.encoding(fields).compactText.utf8))
    }

    /// Refuses a request that the service would misunderstand.
    ///
    /// - Throws: `aws.request` naming the field.
    package func require(_ isGood: Bool, _ what: String) throws {
        guard isGood else {
            throw Diagnostic(
                code: "aws.request", severity: .configuration,
                summary: "\(action.qualifiedName) cannot be called: \(what)",
                hint: "correct the value and run the command again")
        }
    }
}
