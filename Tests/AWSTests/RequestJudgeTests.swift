import Diagnostics
import Foundation
import HTTP
import JSON
import TestSupport
import Testing

@testable import AWS

@Suite(
    .disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
struct RequestJudgeTests {
    private static let credentials = AWSCredentials(
        accessKeyId: "AKIDEXAMPLE",
        secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), origin: "test")
    private static let session = AWSCredentials(
        accessKeyId: "AKIDEXAMPLE", secretAccessKey: credentials.secretAccessKey,
        sessionToken: Secret("token/+=="), origin: "test")

    @Test func `every operation's request is botocore's, signature included`() async throws {
        var fields = SampleFields(seed: 20_261_123)
        var cases: [JSONValue] = []
        var signatures: [String?] = []
        for round in 0..<25 {
            for sample in OperationSample.all(&fields) {
                let endpoint = round % 3 == 2 ? "http://127.0.0.1:4566" : nil
                let region = ["eu-central-1", "us-east-1", "cn-north-1"][round % 3]
                let made = try Self.signed(
                    sample, region: region, endpoint: endpoint,
                    credentials: round % 2 == 0 ? Self.credentials : Self.session,
                    date: Date(timeIntervalSince1970: 1_790_000_000 + Double(round) * 86_399))
                cases.append(made.asked)
                signatures.append(made.signature)
            }
        }
        let answers = try await PythonJudge("requests.py").answers(to: cases)
        for (index, answer) in answers.enumerated() {
            let name = cases[index]["operation"]?.stringValue ?? "?"
            #expect(answer["ours"] == answer["theirs"], "\(name)")
            #expect(answer["authorization"]?.stringValue == signatures[index], "\(name)")
        }
        let judged = Set(cases.compactMap { $0["operation"]?.stringValue })
        #expect(try Self.operationsInSources().subtracting(judged) == [])
    }

    /// The names of all operations, out of `AWSAction(.ec2, "DescribeImages", …)`.
    private static func operationsInSources() throws -> Set<String> {
        let sources = "\(ProjectPath.root)/Sources/AWS"
        let files = FileManager.default.enumerator(atPath: sources)?.allObjects ?? []
        var names: Set<String> = []
        for file in files.compactMap({ $0 as? String }) where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8)
            for match in text.matches(of: /AWSAction\(\s*\.\w+, "(\w+)"/) {
                names.insert(String(match.1))
            }
        }
        try #require(names.count > 50)
        return names
    }

    @Test func `signatures of odd paths, queries and headers are botocore's`() async throws {
        var fields = SampleFields(seed: 7)
        var cases: [JSONValue] = []
        var signatures: [String?] = []
        for round in 0..<300 {
            let service = round % 2 == 0 ? "s3" : "ec2"
            let path = ["/", "/a//b/../c/./d/", "//", "/a%20b/%C3%A9%2A~/%25", "/a/.."][round % 5]
            let query = (0..<fields.number(0...4)).map { _ in
                let name = PercentEncoding.encode(fields.text())
                return fields.flag() ? name : "\(name)=\(PercentEncoding.encode(fields.text()))"
            }.joined(separator: "&")
            let request = HTTPRequest(
                method: "PUT",
                url: "https://host.example:\(round % 4 == 0 ? 443 : 8443)\(path)"
                    + (query.isEmpty ? "" : "?\(query)"),
                headers: [
                    ("X-Amz-Meta-Odd", "  a   b \t c "), ("content-type", "x/y"),
                    ("User-Agent", "not signed"),
                ], body: .bytes(Array(fields.text().utf8)))
            let made = try Self.signed(
                request, service: service, region: "eu-west-1", credentials: Self.session,
                date: Date(timeIntervalSince1970: 1_790_000_000.9))
            cases.append(JSONValue(members: made.asked))
            signatures.append(made.signature)
        }
        let answers = try await PythonJudge("requests.py").answers(to: cases)
        for (index, answer) in answers.enumerated() {
            #expect(
                answer["authorization"]?.stringValue == signatures[index],
                "\(cases[index].compactText)")
        }
    }

    private static func signed(
        _ sample: OperationSample, region: String, endpoint: String?,
        credentials: AWSCredentials, date: Date
    ) throws -> (asked: JSONValue, signature: String?) {
        let action = type(of: sample.operation).action
        var wire = WireRequest(action)
        try sample.operation.encode(into: &wire)
        let target =
            try endpoint.map {
                try AWSEndpoint(customUrl: $0, service: action.service, region: region)
            } ?? (try AWSEndpoint(service: action.service, region: region))
        let made = try signed(
            RequestEncoder.httpRequest(wire, to: target), service: action.service.rawValue,
            region: target.region, credentials: credentials, date: date)
        let client = action.service == .serviceQuotas ? "service-quotas" : action.service.rawValue
        let asked: [(String, JSONValue)] =
            made.asked + [
                ("client", client.json), ("clientRegion", region.json),
                ("operation", action.name.json), ("params", sample.parameters),
                ("endpoint", endpoint?.json ?? .null),
            ]
        return (JSONValue(members: asked), made.signature)
    }

    private static func signed(
        _ request: HTTPRequest, service: String, region: String, credentials: AWSCredentials,
        date: Date
    ) throws -> (asked: [(String, JSONValue)], signature: String?) {
        var body: [UInt8] = []
        if case .bytes(let bytes) = request.body { body = bytes }
        var sent = request
        sent.headers += try SigV4.sign(
            request, payload: .of(body), credentials: credentials,
            scope: SigV4.Scope(region: region, service: service), date: date)
        let asked: [(String, JSONValue)] = [
            ("service", service.json), ("region", region.json),
            ("token", credentials.sessionToken?.reveal().json ?? .null),
            ("date", Timestamp.text(date).json),
            (
                "request",
                [
                    "method": sent.method.json, "url": sent.url.json,
                    "headers": .array(
                        sent.headers.map { .array([$0.name.json, $0.value.json]) }),
                    "body": Data(body).base64EncodedString().json,
                ]
            ),
        ]
        return (asked, sent.headers.last?.value)
    }
}
