import Diagnostics
import DockerEngine
import Foundation
import TestSupport
import Testing

/// Pulls and pushes, as Docker 20.10 streams them.
@Suite(.timeLimit(.minutes(30)))
struct TransferTests {
    private typealias Step = ScriptedEngine.Step
    private static let push = "POST /v1.41/images/127.0.0.1:5055/dss/x/push?tag=1"
    private static let digest = "sha256:1689465e41a0587748f2b2f4480a693d056bc82b0f458aa80da04de455"

    private static let begin = """
        {"status":"The push refers to repository [127.0.0.1:5055/dss/x]"}\r
        {"status":"Preparing","progressDetail":{},"id":"8166aa8039da"}\r
        {"status":"Pushing","progressDetail":{"current":2331648,"total":22953890},\
        "progress":"[==\\u003e   ]  2.332MB/22.95MB","id":"8166aa8039da"}\r

        """
    private static let end = """
        {"status":"Pushing","progressDetail":{"current":22968320,"total":22953890},\
        "progress":"[=====\\u003e]  22.97MB","id":"8166aa8039da"}\r
        {"status":"Pushed","progressDetail":{},"id":"8166aa8039da"}\r
        {"status":"1: digest: \(digest) size: 529"}\r
        {"progressDetail":{},"aux":{"Tag":"1","Digest":"\(digest)","Size":529}}\r

        """

    private let login = RegistryCredentials(
        .password(user: "me", Secret("hunter2")), server: "127.0.0.1:5055")

    private func engine(_ answer: ScriptedEngine.Answer) throws -> ScriptedEngine {
        try ScriptedEngine([Step(request: Self.push, answer: answer)])
    }

    private func push(
        _ engine: ScriptedEngine, log: ProgressLog = ProgressLog()
    ) async throws -> String {
        try await engine.client.push(
            try ImageReference("127.0.0.1:5055/dss/x:1"), credentials: login, onProgress: log.add)
    }

    @Test func `a push tells its progress and gives the digest`() async throws {
        // Cut anywhere, as the network cuts.
        for size in [1, 7, 100, 100_000] {
            let bytes = Array((Self.begin + Self.end).utf8)
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                String(decoding: bytes[$0..<min($0 + size, bytes.count)], as: UTF8.self)
            }
            let engine = try engine(.stream(pieces, isComplete: true))
            let log = ProgressLog()
            #expect(try await push(engine, log: log) == Self.digest)
            #expect(
                log.all == [
                    TransferProgress(percent: 0, message: "0 of 0 MB, 0 of 1 layers"),
                    TransferProgress(percent: 10, message: "2 of 23 MB, 0 of 1 layers"),
                    TransferProgress(percent: 99, message: "23 of 23 MB, 0 of 1 layers"),
                    TransferProgress(percent: 100, message: "23 of 23 MB, 1 of 1 layers"),
                ])
        }
    }

    @Test func `the credentials travel in the header alone`() async throws {
        let engine = try engine(.stream([Self.begin, Self.end], isComplete: true))
        _ = try await push(engine)
        let head = try #require(engine.requests.first?.head)
        let line = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("X-Registry") })
        let bytes = try #require(Data(base64Encoded: String(line.dropFirst(17))))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"username":"me","password":"hunter2","serveraddress":"127.0.0.1:5055"}"#)
    }

    @Test(arguments: [
        "unauthorized: authentication required", "no basic auth credentials",
        "denied: requested access to the resource is denied", "blob upload invalid",
    ])
    func `an error in the stream is a refusal with the registry's words`(
        words: String
    ) async throws {
        let refusal = """
            {"errorDetail":{"message":"\(words) hunter2"},"error":"\(words) hunter2"}\r

            """
        for isComplete in [true, false] {
            let engine = try engine(.stream([Self.begin, refusal], isComplete: isComplete))
            let error = await diagnostic { try await push(engine) }
            #expect(error?.code == "docker.push-refused")
            #expect(error?.causes.first?.contains(words) == true)
            #expect(error?.hint?.isEmpty == false)
            #expect(error.map { "\($0)" }?.contains("hunter2") == false)
        }
    }

    @Test func `a push that breaks off is no success`() async throws {
        let broken = try engine(.stream([Self.begin], isComplete: false))
        #expect(await diagnostic { try await push(broken) }?.isOutcomeUnknown == true)
        #expect(broken.requests.count == 1)
        let ended = try engine(.stream([Self.begin], isComplete: true))
        #expect(await diagnostic { try await push(ended) }?.code == "docker.push-broken")
        let garbled = try engine(.stream([Self.begin, "<html>\n"], isComplete: true))
        #expect(await diagnostic { try await push(garbled) }?.code == "docker.wire")
    }

    @Test func `a push that is refused at once is an error of its status`() async throws {
        let engine = try engine(
            .json(404, #"{"message":"An image does not exist locally with the tag: x hunter2"}"#))
        let error = await diagnostic { try await push(engine) }
        #expect(error?.code == "docker.404")
        #expect(error.map { "\($0)" }?.contains("hunter2") == false)
    }

    @Test func `an image is pulled`() async throws {
        let lines = """
            {"status":"Pulling from dss/x","id":"1"}
            {"status":"Pulling fs layer","progressDetail":{},"id":"c45594012c52"}
            {"status":"Downloading","progressDetail":{"current":11,"total":22},"id":"c45594012c52"}
            {"status":"Pull complete","progressDetail":{},"id":"c45594012c52"}
            {"status":"Status: Downloaded newer image for 127.0.0.1:5055/dss/x:1"}
            """
        let engine = try ScriptedEngine([
            Step(
                request: "POST /v1.41/images/create?fromImage=dss%2Fx&tag=latest",
                answer: .stream([lines], isComplete: true))
        ])
        let log = ProgressLog()
        try await engine.client.pull(
            try ImageReference("dss/x"), credentials: .anonymous, onProgress: log.add)
        #expect(log.all.map(\.percent) == [0, 25, 100])
        #expect(engine.requests.first?.headerLines.contains("X-Registry-Auth: e30=") == true)
    }

    @Test func `a pull that fails says why`() async throws {
        let request = "POST /v1.41/images/create?fromImage=dss%2Fx&tag=1"
        let engine = try ScriptedEngine([
            Step(
                request: request,
                answer: .stream(
                    [#"{"errorDetail":{"message":"no space left"},"error":"x"}"#],
                    isComplete: true)),
            Step(
                request: request,
                answer: .json(500, #"{"message":"unauthorized: authentication required"}"#)),
        ])
        for code in ["docker.pull-failed", "docker.500"] {
            let error = await diagnostic {
                try await engine.client.pull(
                    try ImageReference("dss/x:1"), credentials: .anonymous
                ) { _ in }
            }
            #expect(error?.code == code)
        }
    }

    @Test func `a registry is asked for a digest`() async throws {
        let request = "GET /v1.41/distribution/dss/x:1/json"
        let engine = try ScriptedEngine([
            Step(
                request: request,
                answer: .json(200, #"{"Descriptor":{"digest":"sha256:16","size":529}}"#)),
            Step(
                request: request,
                answer: .json(404, #"{"message":"manifest unknown: manifest unknown"}"#)),
            Step(
                request: request,
                answer: .json(401, #"{"message":"unauthorized: authentication required"}"#)),
            Step(
                request: request,
                answer: .json(500, #"{"message":"Head \"h\": no basic auth credentials"}"#)),
        ])
        let ask = {
            try await engine.client.distributionDigest(
                try ImageReference("dss/x:1"), credentials: login)
        }
        #expect(try await ask() == "sha256:16")
        #expect(try await ask() == nil)
        for code in ["docker.401", "docker.500"] {
            let error = await diagnostic(ask)
            #expect(error?.code == code)
            #expect(error?.hint?.contains("docker login") == true)
        }
    }
}
