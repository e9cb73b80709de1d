import AWS
import BuildGraph
import Testing

@testable import Releasing

@Suite struct ObjectCopyTests {
    @Test(arguments: ["", "aws.NoSuchBucket"])
    func `an upload of an earlier run is ended where that run made it`(code: String) async throws {
        let bench = StageBench()
        let key = "images/1.0/k"
        try await bench.leave(
            "s3:multipart-upload", of: "export-vhd", name: key, id: "u",
            details: ["bucket": "old"])
        bench.aws.on(
            "AbortMultipartUpload", ["bucket": "old", "key": key, "uploadId": "u"],
            code.isEmpty ? .empty : .error(code))
        if !code.isEmpty {
            bench.aws.on("GetObjectTagging", ["bucket": "old"], .error("aws.NoSuchBucket"))
        }
        let copy = ObjectCopy(
            aws: bench.services.aws, region: "us-west-2", bucket: "new", tags: [],
            wantsChecksum: false)
        try await copy.endEarlierTries(bench.context("export-vhd"))
        #expect(bench.aws.calls.allSatisfy { $0.region == StageBench.region })
        #expect(bench.aws.unused.isEmpty)
        #expect(try await bench.unfinished() == [])
    }
}
