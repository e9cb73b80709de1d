import JSON
import Testing

@testable import Releasing

@Suite struct BuiltImageRecordTests {
    @Test func `what older programs recorded is read, and they read what is recorded`() throws {
        let text = """
            {"image": "i:1", "digest": "sha256:1", "tags": ["1"], "imageId": "sha256:1",
             "sizeBytes": 7, "baseImage": "b", "baseDigest": "d", "documents": {
               "inventory": {"file": "i", "sha256": "s", "bytes": 1},
               "sbom": {"file": "c", "sha256": "s", "bytes": 1}, "packages": 3}}
            """
        let outputs = try JSONValue.parse(Array(text.utf8), source: "docker-image.json")
            .decoded(as: BuildDockerImage.Outputs.self)
        #expect(outputs.bytes == 7)
        let written = try JSONValue.encoding(outputs)
        #expect(written["bytes"] == 7 && written["sizeBytes"] == 7)
    }
}
