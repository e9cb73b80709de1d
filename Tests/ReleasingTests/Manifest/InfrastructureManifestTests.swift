import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@testable import Releasing

@Suite struct InfrastructureManifestTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/manifests/infrastructure.json"
        for name in ["vm-bucket", "vm-bucket-waf", "ci-codebuild", "release-codebuild"] {
            try folder.write("cfn/\(name).yaml", "")
        }
    }

    private static func shipped() throws -> JSONValue {
        try JSONValue.parse(contentsOf: "\(ProjectPath.root)/manifests/infrastructure.json")
    }

    private func read(_ changes: [(String, JSONValue)] = []) throws -> InfrastructureManifest {
        let document = try changes.reduce(try Self.shipped()) {
            try $0.setting(JSONPointer(parsing: $1.0), to: $1.1)
        }
        return try InfrastructureManifest(document, path: path)
    }

    @Test func `the shipped manifest has the permanent stacks under their names`() throws {
        let manifest = try read()
        let stacks = Dictionary(uniqueKeysWithValues: manifest.stacks.map { ($0.stage, $0) })
        #expect(stacks["vm-bucket"]?.name == "DATA-SCIENCE-SANDBOX-VM-Bucket")
        #expect(stacks["vm-bucket"]?.needs == ["vm-bucket-waf"])
        #expect(stacks["vm-bucket-waf"]?.name == "DATA-SCIENCE-SANDBOX-VM-Bucket-WAF")
        #expect(stacks["vm-bucket-waf"]?.region == "us-east-1")
        #expect(stacks["vm-bucket"]?.region == manifest.region)
        #expect(stacks["ci-codebuild"]?.name == "DATA-SCIENCE-SANDBOX-CI-TEST-CODEBUILD")
        #expect(stacks["release-codebuild"]?.name == "DATA-SCIENCE-SANDBOX-RELEASE-CODEBUILD")
        #expect(stacks["release-codebuild"]?.needs == ["vm-bucket"])
        #expect(SingleManifest.infrastructure(manifest).storeName == "infrastructure")
    }

    @Test(
        arguments: [
            (["a", "b"], "a,b"), ([], ""), (7, "7"), (true, "true"), ("x,y", "x,y"),
            ([1, false], "1,false"),
        ] as [(JSONValue, String)])
    func `a value becomes what CloudFormation takes`(value: JSONValue, text: String) throws {
        let manifest = try read([("/stacks/vm-bucket/parameters/ImagePrefix", value)])
        let stack = try #require(manifest.stacks.first { $0.stage == "vm-bucket" })
        #expect(stack.parameters.first { $0.name == "ImagePrefix" }?.value == .text(text))
    }

    static let badValues: [(String, JSONValue, String)] = [
        ("/kind", "infrastruktur", "manifest.unknown-value"),
        ("/region", "Frankfurt", "manifest.unknown-value"),
        ("/assetId", "1", "manifest.unknown-field"),
        ("/stacks", [:], "manifest.out-of-range"),
        ("/stacks", [], "manifest.wrong-type"),
        (
            "/stacks/Upper", ["name": "A", "template": "cfn/vm-bucket.yaml"],
            "manifest.unknown-value"
        ),
        ("/stacks/vm-bucket/name", "1a", "manifest.unknown-value"),
        ("/stacks/vm-bucket/template", "", "manifest.unknown-value"),
        ("/stacks/vm-bucket/template", "cfn/none.yaml", "manifest.missing-file"),
        ("/stacks/vm-bucket/capabilities", ["CAPABILITY_I"], "manifest.unknown-value"),
        ("/stacks/vm-bucket/tags", ["a": 1], "manifest.wrong-type"),
        ("/stacks/vm-bucket/parameters/Web-Acl", "x", "manifest.unknown-value"),
        ("/stacks/vm-bucket/parameters/ImagePrefix", .null, "manifest.wrong-type"),
        ("/stacks/vm-bucket/parameters/ImagePrefix", .number(1.5), "manifest.wrong-type"),
        ("/stacks/vm-bucket/parameters/ImagePrefix", ["a,b"], "manifest.unknown-value"),
        (
            "/stacks/vm-bucket/parameters/WebAclArn", ["stack": "vm-bucket-waf"],
            "manifest.missing-field"
        ),
        (
            "/stacks/vm-bucket/parameters/WebAclArn", ["stack": "waf", "output": "A"],
            "manifest.unknown-value"
        ),
        (
            "/stacks/vm-bucket/parameters/WebAclArn", ["stack": "vm-bucket", "output": "A"],
            "manifest.cycle"
        ),
        (
            "/stacks/vm-bucket-waf/parameters/AllowedIpv4Cidrs",
            ["stack": "vm-bucket", "output": "A"], "manifest.cycle"
        ),
    ]

    @Test(arguments: badValues)
    func `a bad value is an error that names its place`(
        pointer: String, value: JSONValue, code: String
    ) throws {
        let error = try #require(throws: Diagnostic.self) { try read([(pointer, value)]) }
        #expect(error.code == code)
        #expect(error.severity == .configuration)
        #expect(error.hint != nil)
        #expect(error.location?.hasPrefix(path) == true)
    }

    @Test func `two stages must not have one stack`() throws {
        let error = try #require(throws: Diagnostic.self) {
            try read([
                ("/stacks/vm-bucket-waf/region", "eu-central-1"),
                ("/stacks/vm-bucket-waf/name", "DATA-SCIENCE-SANDBOX-VM-Bucket"),
            ])
        }
        #expect(error.code == "manifest.duplicate")
    }

    @Test(.disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
    func `the published schema takes and refuses the same`() async throws {
        // What a schema cannot say: what is on the disk, and what refers to what.
        let inexpressible: Set = ["manifest.missing-file", "manifest.cycle"]
        let refused = Self.badValues.filter {
            !inexpressible.contains($0.2) && $0.1["stack"] != "waf"
        }
        let schema = try JSONValue.parse(
            Array(PublishedSchema.text(of: "infrastructure").utf8), source: "schema")
        let good = [
            try Self.shipped(),
            try Self.shipped().setting(
                JSONPointer(parsing: "/stacks/vm-bucket/parameters/ImagePrefix"),
                to: [1, "a", true]),
        ]
        let bad = try refused.map {
            try Self.shipped().setting(JSONPointer(parsing: $0.0), to: $0.1)
        }
        let verdicts = try await PythonJudge("schema.py", folder: "ReleasingTests/Judges")
            .answers(to: (good + bad).map { ["schema": schema, "document": $0] })
        #expect(verdicts.prefix(good.count).allSatisfy { $0 == [] }, "\(verdicts)")
        for (verdict, bad) in zip(verdicts.dropFirst(good.count), refused) {
            #expect(verdict != [], "\(bad)")
        }
    }

    @Test func `the file's kind decides, and a command may want one`() throws {
        try folder.write("manifests/infrastructure.json", try Self.shipped().prettyText)
        let read = try Manifest(contentsOf: path, changedBy: ManifestOverrides())
        guard case .single(.infrastructure) = read else {
            Issue.record("\(read) is of no infrastructure")
            return
        }
        let error = try #require(throws: Diagnostic.self) {
            try Manifest.release(contentsOf: path, changedBy: ManifestOverrides(assetId: "1"))
        }
        #expect(error.code == "manifest.kind" && error.severity == .configuration)
        let second = try #require(throws: Diagnostic.self) {
            try Manifest(contentsOf: path, changedBy: ManifestOverrides(assetId: "1"))
        }
        #expect(second.code == "usage.asset-id")
    }

    @Test func `blocks are parted by version`() throws {
        let allowed = try AllowedAddresses(["203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32"])
        #expect(
            allowed.settings == [
                "/stacks/vm-bucket-waf/parameters/AllowedIpv4Cidrs="
                    + #"["203.0.113.0/24","198.51.100.7/32"]"#,
                #"/stacks/vm-bucket-waf/parameters/AllowedIpv6Cidrs=["2001:db8::/32"]"#,
            ])
        let error = try #require(throws: Diagnostic.self) { try AllowedAddresses(["10.0.0.0/33"]) }
        #expect(error.code == "usage.cidr" && error.severity == .configuration)
    }
}
