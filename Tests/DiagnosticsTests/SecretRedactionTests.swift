import Diagnostics
import Foundation
import Testing

struct SecretRedactionTests {
    @Test func `every secret is taken out, the longest first`() {
        let redaction = SecretRedaction([Secret("ab"), Secret("abc"), Secret("")])
        #expect(redaction.redacted("xabcyabz") == "x<secret>y<secret>z")
        #expect(redaction.redacted("plain") == "plain")
    }

    @Test func `a private folder is deleted with all that it holds`() throws {
        let folder = try PrivateFolder(prefix: "dss-test")
        let inner = try folder.makeFolder("inner")
        let file = try folder.write("x".utf8, to: "inner/file")
        for (path, mode) in [(folder.path, 0o700), (inner, 0o700), (file, 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
        try folder.delete()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        try folder.delete()
        let error = try #require(throws: Diagnostic.self) {
            try PrivateFolder(prefix: "dss-test", in: "/nowhere")
        }
        #expect(error.code == "file.unwritable")
    }
}
