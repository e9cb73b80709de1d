import Diagnostics
import DockerEngine
import TestSupport
import Testing

@Suite struct ImageReferenceTests {
    @Test(arguments: [
        ("ubuntu", "docker.io/library/ubuntu", "", "ubuntu"),
        ("ubuntu:22.04", "docker.io/library/ubuntu", "22.04", "ubuntu:22.04"),
        ("docker.io/library/ubuntu:x", "docker.io/library/ubuntu", "x", "ubuntu:x"),
        ("index.docker.io/ubuntu", "docker.io/library/ubuntu", "", "ubuntu"),
        ("exasol/dss:3.4.0", "docker.io/exasol/dss", "3.4.0", "exasol/dss:3.4.0"),
        ("docker.io/localhost/x", "docker.io/localhost/x", "", "docker.io/localhost/x"),
        ("localhost/dss", "localhost/dss", "", "localhost/dss"),
        ("localhost:5000/a/b:1", "localhost:5000/a/b", "1", "localhost:5000/a/b:1"),
        ("Registry/dss", "Registry/dss", "", "Registry/dss"),
        ("[::1]:5000/dss:1", "[::1]:5000/dss", "1", "[::1]:5000/dss:1"),
        ("a.b/c__d/e-f---g.h_i", "a.b/c__d/e-f---g.h_i", "", "a.b/c__d/e-f---g.h_i"),
    ])
    func `a name is normalised as Docker does it`(
        text: String, full: String, tag: String, familiar: String
    ) throws {
        let reference = try ImageReference(text)
        #expect(reference.fullName == full)
        #expect(reference.tag ?? "" == tag)
        #expect(reference.digest == nil)
        #expect(reference.description == familiar)
    }

    @Test func `a digest stands after the tag`() throws {
        let digest = "sha256:" + String(repeating: "0a", count: 32)
        let reference = try ImageReference("host:1/a:b@\(digest)")
        #expect(reference.registry == "host:1")
        #expect(reference.repository == "a")
        #expect(reference.tag == "b")
        #expect(reference.digest == digest)
        #expect(reference.withDefaultTag == reference)
    }

    @Test(arguments: [
        "", "/", "a/", "/a", "a//b", "A", "a/B", "a:", "a: ", "a:-x", "a:b:c", "a@", "a@sha256:12",
        "a@b@c", ":5000/a", "host:/a", "host:x/a", "http://a/b", "a b", "a\n", "ä", "a..b", "a_-b",
        "-a", "a-", ".x/a", "x-.y/a", "a___b", String(repeating: "a", count: 64),
        String(repeating: "a/", count: 127) + "aa", "a:" + String(repeating: "b", count: 129),
    ])
    func `what is no image's name is refused`(text: String) throws {
        let error = #expect(throws: Diagnostic.self) { _ = try ImageReference(text) }
        #expect(error?.code == "docker.reference")
        #expect(error?.severity == .configuration)
    }

    @Test func `another tag takes the place of tag and digest`() throws {
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let other = try ImageReference("localhost:1/x:a@\(digest)").tagged("b")
        #expect(other.description == "localhost:1/x:b")
        #expect(throws: Diagnostic.self) { _ = try other.tagged("a/b") }
        #expect(try ImageReference("x").withDefaultTag.description == "x:latest")
    }

    /// Whatever is a reference stays the same one when it is written and read again.
    @Test func `writing and reading give the same reference`() throws {
        var random = SeededGenerator(seed: 7)
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        for round in 0..<500 {
            let host = pick([
                "", "", "docker.io/", "index.docker.io/", "library/", "localhost/", "a.b/", "Up/",
                "x:1/", "127.0.0.1:5055/", "[fe80::1]:80/", "docker.io/library/",
            ])
            let path = [["1"], ["1"], ["1", "2"], ["1", "2", "3"]][round % 4].map { _ in
                pick(["a", "library", "x-1", "a.b", "c__d", "localhost", "0"])
            }
            let tag = pick(["", "", ":1", ":La-test_1.0"])
            let digest = pick(["", "", "@sha256:" + String(repeating: "7f", count: 32)])
            let text = host + path.joined(separator: "/") + tag + digest
            let once = try ImageReference(text)
            let again = try ImageReference(once.description)
            #expect(again == once, "\(text)")
            let long = "\(once.fullName)\(tag)\(digest)"
            #expect(try ImageReference(long) == once, "\(long)")
        }
    }

    /// Nothing that is read makes the reader fail otherwise than by its own error.
    @Test func `any text is a reference or an error with a code`() {
        var random = SeededGenerator(seed: 8)
        let alphabet = Array("aA0.:/@-_[]% \nä\u{301}")
        for _ in 0..<1000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    alphabet[Int.random(in: alphabet.indices, using: &random)]
                })
            do {
                let reference = try ImageReference(text)
                #expect((try? ImageReference(reference.description)) == reference)
            } catch {
                #expect((error as? Diagnostic)?.code == "docker.reference")
            }
        }
    }
}
