import Diagnostics
import Testing

@testable import Releasing

@Suite struct ObjectReaderTests {
    private let bench = StageBench()
    private static let lost = Diagnostic(
        code: "aws.unreachable", summary: "the line broke", isTrouble: true)
    /// SHA-256 of `hello world`.
    private static let digest = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"

    private func digest(sizeBytes: Int64 = 11) async throws -> String {
        try await ObjectReader(
            aws: bench.aws, region: StageBench.region, bucket: "bucket", key: "key",
            etag: "\"e\"", sizeBytes: sizeBytes
        ).sha256(onPercent: { _ in })
    }

    private func ranges() -> [String?] { bench.aws.calls("GetObject").map { $0["range"] } }

    @Test func `a whole object is read once, and only in the version that is meant`()
        async throws
    {
        bench.aws.on("GetObject", ["if-match": "\"e\""], .pieces(["hello ", "world"], then: nil))
        #expect(try await digest() == Self.digest)
        #expect(ranges() == ["bytes=0-10"])
    }

    @Test func `a broken line goes on behind the last byte that came`() async throws {
        bench.aws.on(
            "GetObject", ["if-match": "\"e\""], .pieces(["hel", "lo"], then: Self.lost),
            .pieces([], then: Self.lost), .pieces([" world"], then: nil))
        #expect(try await digest() == Self.digest)
        #expect(ranges() == ["bytes=0-10", "bytes=5-10", "bytes=5-10"])
    }

    @Test func `an answer that is too short is gone on with`() async throws {
        bench.aws.on(
            "GetObject", [:], .pieces(["hello"], then: nil), .pieces([" world"], then: nil))
        #expect(try await digest() == Self.digest)
    }

    @Test func `a line that breaks every time is given up`() async throws {
        for _ in 0..<8 { bench.aws.on("GetObject", [:], .pieces([], then: Self.lost)) }
        let error = try await #require(throws: Diagnostic.self) { try await digest() }
        #expect(error.code == "object.incomplete")
        #expect(error.causes == ["the line broke"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a line that breaks often, and brings something each time, is borne`() async throws {
        for letter in "hello world" {
            bench.aws.on(
                "GetObject", [:], .pieces([], then: Self.lost),
                .pieces([String(letter)], then: Self.lost))
        }
        #expect(try await digest() == Self.digest)
        #expect(bench.aws.calls("GetObject").count == 22)
    }

    @Test func `another version of the object is an error at once`() async throws {
        bench.aws.on(
            "GetObject", [:], .pieces(["hello"], then: Self.lost),
            .error("aws.PreconditionFailed"))
        let error = try await #require(throws: Diagnostic.self) { try await digest() }
        #expect(error.code == "aws.PreconditionFailed")
    }

    @Test func `an empty object needs no call`() async throws {
        #expect(
            try await digest(sizeBytes: 0)
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(bench.aws.calls.isEmpty)
    }
}
