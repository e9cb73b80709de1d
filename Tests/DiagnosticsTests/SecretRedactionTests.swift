import Diagnostics
import Foundation
import Testing

struct SecretRedactionTests {
    @Test func `every secret is taken out, the longest first`() {
        let redaction = SecretRedaction([Secret("ab"), Secret("abc"), Secret("")])
        #expect(redaction.redacted("xabcyabz") == "x<secret>y<secret>z")
        #expect(redaction.redacted("plain") == "plain")
    }

    @Test(arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{E0100}"])
    func `what follows a secret hides it from nobody`(follower: String) {
        let redaction = SecretRedaction([Secret("geheim12")])
        #expect(redaction.redacted("a geheim12\(follower) b") == "a <secret>\(follower) b")
        #expect(ShownText.redacted("geheim12\(follower)") == "<secret>\(follower)")
    }

    @Test func `a secret in another normal form is the same secret`() {
        let redaction = SecretRedaction([Secret("gehéim12")])
        #expect(redaction.redacted("gehe\u{301}im12") == "<secret>")
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
