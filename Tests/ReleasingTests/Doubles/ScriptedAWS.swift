import AWS
import Diagnostics
import HTTP
import JSON
import Synchronization
import Testing

/// AWS as a test tells it: each call takes the first answer that is left for it.
///
/// Calls are encoded and answers decoded by the real operations. A call without an answer fails
/// the test, whatever the code under test makes of the error.
final class ScriptedAWS: AWSCaller {
    /// One call as it would go over the wire.
    struct Call: Sendable {
        let action: String
        let region: String
        let fields: [(name: String, value: String)]

        subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

        func matches(_ wanted: [String: String]) -> Bool {
            wanted.allSatisfy { self[$0.key] == $0.value }
        }
    }

    /// What a call is answered.
    enum Reply: Sendable {
        /// The children of the answer's root.
        case xml([XMLNode])
        case json(JSONValue)
        case headers([String: String])
        /// The body of a download, and how it breaks off where it does.
        case pieces([String], then: Diagnostic?)
        case failure(Diagnostic)

        static var empty: Reply { .xml([]) }

        static func error(_ code: String, _ cause: String = "as told") -> Reply {
            .failure(Diagnostic(code: code, summary: "AWS says no", causes: [cause]))
        }
    }

    private struct Rule {
        let action: String
        let wanted: [String: String]
        var replies: [Reply]
    }

    private let rules = Mutex<[Rule]>([])
    private let made = Mutex<[Call]>([])
    private let timeline: Timeline

    init(_ timeline: Timeline) { self.timeline = timeline }

    /// Answers calls of that action one after the other.
    ///
    /// - Parameter wanted: fields that the call must have; others count under another rule.
    func on(_ action: String, _ wanted: [String: String] = [:], _ replies: Reply...) {
        rules.withLock { $0.append(Rule(action: action, wanted: wanted, replies: replies)) }
    }

    /// Every call so far.
    var calls: [Call] { made.withLock { $0 } }

    /// Every call of that action so far.
    func calls(_ action: String) -> [Call] { calls.filter { $0.action == action } }

    /// Answers that nobody asked for.
    var unused: [String] {
        rules.withLock { $0.flatMap { rule in rule.replies.map { _ in rule.action } } }
    }

    func call<O: AWSOperation>(_ operation: O, region: String) async throws -> O.Output {
        let reply = try take(operation, region)
        return try operation.decode(try response(reply, to: O.action))
    }

    func download<O: AWSOperation>(
        _ operation: O, region: String, onBody: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> O.Output {
        let reply = try take(operation, region)
        guard case .pieces(let pieces, let failure) = reply else {
            return try operation.decode(try response(reply, to: O.action))
        }
        for piece in pieces { try await onBody(Array(piece.utf8)) }
        if let failure { throw failure }
        let size = pieces.reduce(0) { $0 + $1.utf8.count }
        let headers: Reply = .headers(["content-length": String(size), "etag": "\"e\""])
        return try operation.decode(try response(headers, to: O.action))
    }

    private func take<O: AWSOperation>(_ operation: O, _ region: String) throws -> Reply {
        var request = WireRequest(O.action)
        try operation.encode(into: &request)
        var fields = request.form.pairs
        if let bucket = request.bucket { fields.append(("bucket", bucket)) }
        if let key = request.key { fields.append(("key", key)) }
        fields += request.query.map { ($0.name, $0.value ?? "") } + request.headers
        if case .bytes(let bytes) = request.body {
            fields.append(("body", String(decoding: bytes, as: UTF8.self)))
        }
        let call = Call(action: O.action.name, region: region, fields: fields)
        made.withLock { $0.append(call) }
        timeline.add(call.action)
        let reply = rules.withLock { rules -> Reply? in
            let index = rules.firstIndex {
                $0.action == call.action && !$0.replies.isEmpty && call.matches($0.wanted)
            }
            guard let index else { return nil }
            let reply = rules[index].replies.removeFirst()
            // Else each call would pass by all those before it.
            if rules[index].replies.isEmpty { rules.remove(at: index) }
            return reply
        }
        guard let reply else {
            Issue.record("unexpected call \(call)")
            throw Diagnostic(code: "test.unexpected-call", summary: "\(call)")
        }
        return reply
    }

    /// What S3 calls the answers that have a body.
    private static let roots = [
        "CompleteMultipartUpload": "CompleteMultipartUploadResult",
        "CreateMultipartUpload": "InitiateMultipartUploadResult",
        "GetBucketEncryption": "ServerSideEncryptionConfiguration",
        "GetBucketLocation": "LocationConstraint", "GetObjectTagging": "Tagging",
        "ListMultipartUploads": "ListMultipartUploadsResult", "ListObjectsV2": "ListBucketResult",
        "ListParts": "ListPartsResult", "UploadPartCopy": "CopyPartResult",
    ]

    private static func root(of action: AWSAction) -> String {
        action.service == .s3 ? roots[action.name] ?? "None" : "\(action.name)Response"
    }

    private func response(_ reply: Reply, to action: AWSAction) throws -> WireResponse {
        var http = HTTPResponse(status: 200)
        switch reply {
        case .xml(let children):
            var root = XMLNode(Self.root(of: action), children)
            if case .awsQuery = action.service.wireProtocol {
                root.children = [XMLNode("\(action.name)Result", children)]
            }
            let isSilent = action.service == .s3 && children.isEmpty
            if !isSilent || Self.roots[action.name] != nil {
                http.body = Array(root.document.utf8)
            }
        case .json(let value): http.body = Array(value.compactText.utf8)
        case .headers(let headers): http.headers = headers.map { ($0.key, $0.value) }
        case .pieces(let pieces, _): http.body = Array(pieces.joined().utf8)
        case .failure(let problem): throw problem
        }
        if action.name == "HeadBucket" {
            http.headers.append(("x-amz-bucket-region", "eu-central-1"))
        }
        return WireResponse(action: action, http: http)
    }
}
