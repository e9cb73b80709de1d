import Diagnostics
import Testing

@testable import Releasing

@Suite struct ResultsAddressTests {
    private func address(_ text: String) throws -> ResultsAddress {
        try ResultsAddress(text, source: "--results", code: "usage.results", home: "/x/me")
    }

    @Test func `a folder is a folder, whatever is in its name`() throws {
        for path in ["out", "./s3:/out", "/a/b c", "2026-11", "a:b", "results:2026", "C:/x"] {
            #expect(try address(path) == .folder(path))
        }
        #expect(try address("~") == .folder("/x/me"))
        #expect(try address("./~nobody/x") == .folder("./~nobody/x"))
        #expect(try address("~/out") == .folder("/x/me/out"))
        #expect(try address("s3://bucket/a/b") == .s3("s3://bucket/a/b"))
    }

    @Test(arguments: [
        "S3://bucket/x", "s3:/bucket", "s3:bucket", "file:out", "file:///out", "http:x",
        "https://bucket.s3.amazonaws.com", "HTTP://x", "gs://bucket", "arn:aws:s3:::bucket",
        "xyz://anything", "", "$HOME/x", "${HOME}", "~nobody-is-called-so/x",
    ])
    func `what looks like an address and is none in S3 is refused`(_ text: String) throws {
        let problem = #expect(throws: Diagnostic.self) { try address(text) }
        #expect(problem?.code == "usage.results")
        #expect(problem?.severity == .configuration)
    }

    @Test func `a local run has a folder of its own, and the local cloud's bucket`() throws {
        #expect(try address("out").ofLocalRun == .folder("out-local"))
        #expect(try address("a/out//").ofLocalRun == .folder("a/out-local"))
        #expect(try address("s3://b/p").ofLocalRun == .s3("s3://b/p"))
    }

    @Test(arguments: ["\n", "\r", "\r\n", "\u{85}", "\u{2028}"])
    func `no end of a line is part of a place in S3`(_ end: String) throws {
        let problem = #expect(throws: Diagnostic.self) {
            try ResultBucket(
                address: "s3://my-bucket/releases\(end)", folder: "1.0", region: "eu-central-1",
                aws: ScriptedAWS(Timeline()), source: "--results")
        }
        #expect(problem?.code == "results.address")
    }
}
