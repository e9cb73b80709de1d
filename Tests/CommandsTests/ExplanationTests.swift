import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite struct ExplanationTests {
    private static let project = URL(fileURLWithPath: ProjectPath.root)
    /// What looks like a code and is a name of something else.
    private static let names = ["ansible.cfg", "docker.io", "inventory.json", "qemu.pid"]

    /// The program without its documentation.
    private static func sources() throws -> String {
        let folder = project.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var text = ""
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            where !line.drop(while: { $0 == " " }).hasPrefix("///") {
                text += line + "\n"
            }
        }
        return text
    }

    @Test func `every code of the program is explained, and no other`() throws {
        let sources = try Self.sources()
        let explained = Set(Explanations.all.map(\.code))
        let areas = Set(Explanations.all.map(\.area))
        let written = Set(
            sources.matches(of: /"([a-z][a-z-]*)\.([a-z][a-z0-9-]*)"/)
                .filter { areas.contains(String($0.output.1)) }
                .map { "\($0.output.1).\($0.output.2)" })
        #expect(written.subtracting(explained).subtracting(Self.names) == [])
        // Some are put together of an area and a name.
        let unused = explained.subtracting(written).filter { code in
            let name = code.dropFirst(Explanation.area(of: code).count + 1)
            return name != "*" && !sources.contains(".\(name)\"")
                && !sources.contains("\"\(name)\"")
        }
        #expect(unused == [])
        #expect(explained.count == Explanations.all.count)
    }

    @Test func `each says three sentences`() {
        for explanation in Explanations.all {
            for text in [explanation.meaning, explanation.cause, explanation.remedy] {
                #expect(text.count > 10 && text.last.map { ".>;".contains($0) } == true, "\(text)")
            }
        }
    }

    @Test func `the page in the documentation is what the program prints`() async throws {
        let page = try String(
            contentsOf: Self.project.appendingPathComponent("docs/errors.md"), encoding: .utf8)
        let outcome = try await CommandBench().run(["explain"])
        #expect(outcome.output == page, "write it: dssbatch explain > docs/errors.md")
        #expect(outcome.status == .fresh)
    }

    @Test func `a code is explained, also one of a service, and a mistyped one is answered`()
        async throws
    {
        let bench = try CommandBench()
        let known = await bench.run(["explain", "ami.not-ours"])
        #expect(known.output.hasPrefix("ami.not-ours: An image"))
        #expect(known.output.contains("\n\nWhat to do: Name an image"))
        let service = await bench.run(["explain", "aws.VcpuLimitExceeded", "--json"])
        #expect(service.output.hasPrefix("{\"code\":\"aws.*\","))
        let mistyped = await bench.run(["explain", "ami.not-our"])
        #expect(mistyped.status == .configuration)
        #expect(mistyped.error.contains("did you mean `ami.not-ours`?"))
    }
}
