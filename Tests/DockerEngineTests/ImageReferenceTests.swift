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

    /// The grammar of distribution/reference as its source writes it, by an engine of others.
    ///
    /// Source: <https://github.com/distribution/reference/blob/main/regexp.go>
    @Test func `names are those that the published grammar takes`() throws {
        let label = "[a-zA-Z0-9](?:[a-zA-Z0-9\\-]*[a-zA-Z0-9])?"
        let host = try Regex(
            "(?:\(label)(?:\\.\(label))*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?")
        let word = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
        let path = try Regex("\(word)(?:/\(word))*")
        let tag = #/[a-zA-Z0-9_][a-zA-Z0-9_.\-]{0,127}/#
        let digest = #/[A-Za-z][A-Za-z0-9]*(?:[\-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}/#
        var random = SeededGenerator(seed: 11)
        func some(_ alphabet: String, _ longest: Int) -> String {
            let letters = Array(alphabet)
            return String(
                (0..<Int.random(in: 1...longest, using: &random)).map { _ in
                    letters[Int.random(in: letters.indices, using: &random)]
                })
        }
        func takes(_ text: String) -> Bool { (try? ImageReference(text)) != nil }
        var taken = 0
        for _ in 0..<4000 {
            // With a port or a dot, so that it is read as a host.
            let end = [":1", ".a", ""][Int.random(in: 0..<3, using: &random)]
            let registry = some("aZ0-.:[]", 7) + end
            if registry.contains(where: { ".:".contains($0) }) {
                let isTaken = takes("\(registry)/a")
                #expect(isTaken == (registry.wholeMatch(of: host) != nil), "\(registry)")
                if isTaken { taken += 1 }
            }
            let repository = "a.b/" + some("a0._-/", 9)
            #expect(
                takes(repository)
                    == (repository.dropFirst(4).wholeMatch(of: path) != nil), "\(repository)")
            let name = some("aZ_.-é", 5)
            #expect(takes("a:\(name)") == (name.wholeMatch(of: tag) != nil), "\(name)")
            let kind = some("aZ0-_+.", 5) + ":" + some("aF0", 60)
            #expect(takes("a@\(kind)") == (kind.wholeMatch(of: digest) != nil), "\(kind)")
        }
        #expect(taken > 100)
    }
}
