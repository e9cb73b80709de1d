import Diagnostics
import HTTP
import TestSupport
import Testing

@testable import AWS

/// A status of 200 is a success only with the operation's own answer, whichever operation it is.
@Suite struct GarbledAnswerTests {
    private static let samples: [OperationSample] = {
        var random = SampleFields(seed: 14)
        return OperationSample.all(&random)
    }()

    /// Operations of S3 that answer nothing, so that an empty body is theirs.
    private static let silent: Set<String> = [
        "AbortMultipartUpload", "DeleteObject", "PutObjectTagging",
    ]

    /// Every operation once.
    private static var operations: [any AWSOperation] {
        var seen: Set<String> = []
        return samples.map(\.operation).filter { seen.insert(type(of: $0).action.name).inserted }
    }

    private func isRefused<O: AWSOperation>(_ operation: O, _ response: HTTPResponse) -> Bool {
        do {
            _ = try operation.decode(WireResponse(action: O.action, http: response))
            return false
        } catch {
            return error is Diagnostic
        }
    }

    private func answer(_ body: String) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [("content-type", "text/html"), ("content-length", "\(body.utf8.count)")],
            body: Array(body.utf8))
    }

    @Test(arguments: [
        "<!DOCTYPE html><html><body>Please log in</body></html>", "<html><body/></html>", "OK",
        "[]", "{}", #"{"message": "hello"}"#, "<DescribeNothingResponse/>",
        "<Error><Code>InternalError</Code></Error>", "<NoResult><ETag>\"e\"</ETag></NoResult>",
    ])
    func `no operation takes a foreign answer for its own`(body: String) {
        #expect(Self.operations.count > 60)
        for operation in Self.operations {
            let refused = isRefused(operation, answer(body))
            #expect(refused, "\(type(of: operation).action.name)")
        }
    }

    @Test func `only what answers nothing is content with nothing`() {
        for operation in Self.operations {
            let name = type(of: operation).action.name
            let isContent = !isRefused(operation, HTTPResponse(status: 200))
            #expect(isContent == Self.silent.contains(name), "\(name)")
        }
    }

    @Test func `an answer that is cut off is none`() {
        for operation in Self.operations {
            let action = type(of: operation).action
            let whole: String
            switch action.service.wireProtocol {
            case .ec2Query: whole = "<\(action.name)Response><return>true</return>"
            case .awsQuery:
                whole = "<\(action.name)Response><\(action.name)Result></\(action.name)Result>"
            case .restXml, .restJson, .json: continue
            }
            let refused = isRefused(operation, answer(whole))
            #expect(refused, "\(action.name)")
        }
    }

    @Test func `what says that it failed did not succeed`() {
        let body = "<DeleteKeyPairResponse><return>false</return></DeleteKeyPairResponse>"
        #expect(isRefused(DeleteKeyPair(keyName: "k"), answer(body)))
        let good = "<DeleteKeyPairResponse><return>true</return></DeleteKeyPairResponse>"
        #expect(!isRefused(DeleteKeyPair(keyName: "k"), answer(good)))
    }

    @Test func `a page of a proxy is asked past, and never taken for a creation`() async throws {
        let keys = AWSCredentials(
            accessKeyId: "AK", secretAccessKey: Secret("s"), origin: "the test")
        func client(_ replies: [ScriptedTransport.Reply]) throws -> AWSClient {
            AWSClient(
                configuration: try AWSConfiguration.load(environment: [:]) { _ in nil },
                transport: ScriptedTransport(replies), time: TestClock(),
                credentials: FixedCredentials(keys), jitter: { 1 })
        }
        let page = ScriptedTransport.Reply.answer(answer("<html/>"))
        let gone = ScriptedTransport.Reply.answer(
            answer("<DeleteKeyPairResponse><return>true</return></DeleteKeyPairResponse>"))
        try await client([page, gone]).call(DeleteKeyPair(keyName: "k"), region: "eu-central-1")
        let error = await #expect(throws: Diagnostic.self) {
            try await client([page, page, page]).call(
                DeleteKeyPair(keyName: "k"), region: "eu-central-1")
        }
        #expect(error?.code == "aws.wire" && error?.isTrouble == true)
        let created = await #expect(throws: Diagnostic.self) {
            try await client([page]).call(
                CreateImage(instanceId: "i-1", name: "n"), region: "eu-central-1")
        }
        #expect(created?.isOutcomeUnknown == true)
    }
}
