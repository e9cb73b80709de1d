import Diagnostics
import JSON
import Releasing
import TestSupport
import Testing

/// The published schema says the same as the program, by a judge that is not ours.
@Suite struct ManifestSchemaTests {
    /// What a schema cannot say: whether a file is there, whether an address has its right size.
    private static let inexpressible: Set<String> = ["manifest.missing-file", "manifest.cidr"]

    private func judge(_ documents: [JSONValue]) async throws -> [JSONValue] {
        let schema = try JSONValue.parse(
            Array(PublishedSchema.text(of: "release").utf8), source: "schema")
        return try await PythonJudge("schema.py", folder: "ReleasingTests/Judges").answers(
            to: documents.map { ["schema": schema, "document": $0] })
    }

    private func shipped() throws -> JSONValue {
        try JSONValue.parse(contentsOf: "\(ProjectPath.root)/manifests/release.json")
    }

    @Test func `the schema beside the manifests is the one in the program`() throws {
        for kind in PublishedSchema.kinds {
            let path = "\(ProjectPath.root)/manifests/schema/\(kind).schema.json"
            let file = String(decoding: try FileContents.read(path), as: UTF8.self)
            #expect(file == (try PublishedSchema.text(of: kind)))
        }
    }

    @Test(.disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
    func `what the program takes the schema takes`() async throws {
        let variants: [[(String, JSONValue)]] = [
            [],
            [("/ami/base", ["id": "ami-0123456789abcdef0"])],
            [("/ami/base", ["ssmParameter": "/aws/service/canonical/ubuntu"])],
            [("/export/bucket", "images-bucket"), ("/export/role", "vmimport")],
            [("/export/formats", ["RAW"]), ("/export/checksum", "s3")],
            [("/export/prefix", "a/b.c/..d")],
            [("/ami/copyToRegions", ["us-east-1", "us-gov-west-1"])],
            [("/assetId", "3.4.0 rc+1")],
            [("/instance/volumeGiB", 8), ("/instance/sshPort", 65_535)],
            [("/instance/ingressCidr", "2001:db8::/32")],
            [("/docker/registryUser", "me"), ("/docker/network", "my_net.1")],
            [("/docker/tags", ["3.4", "stable"])],
            [("/release/id", 1), ("/release/repository", "a-b/c_d.e")],
            [("/tags", ["Größe/a.b": "x y_:/=+@-1"]), ("/instance/types", ["m5.large"])],
            [("/docker/repository", "h.x:5000/a/b"), ("/docker/baseImage", "debian")],
        ]
        let fixture = try ManifestFixture()
        let documents = try variants.map { changes in
            try changes.reduce(try shipped()) {
                try $0.setting(JSONPointer(parsing: $1.0), to: $1.1)
            }
        }
        for document in documents { _ = try fixture.read { _ in document } }
        for (verdict, variant) in zip(try await judge(documents), variants) {
            #expect(verdict == [], "\(variant)")
        }
    }

    @Test(.disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
    func `what the program refuses the schema refuses, where a schema can`() async throws {
        let bad = ReleaseManifestTests.badValues.filter { !Self.inexpressible.contains($0.2) }
        let documents = try bad.map { pointer, value, _ in
            try shipped().setting(JSONPointer(parsing: pointer), to: value)
        }
        let verdicts = try await judge(documents)
        #expect(verdicts.count > 10)
        for (verdict, bad) in zip(verdicts, bad) { #expect(verdict != [], "\(bad)") }
    }
}
