import Diagnostics
import Foundation
import JSON
import OrderedCollections
import Releasing
import TestSupport
import Testing

@Suite struct ReleaseManifestTests {
    @Test func `the shipped manifest is read with its defaults`() throws {
        let manifest = try ManifestFixture().read()
        #expect(manifest.assetId.text == "3.4.0")
        #expect(manifest.export?.formats == [.vhd, .vmdk])
        #expect(manifest.instance.ingressCidr == nil)
        #expect(manifest.export?.checksum == .sha256)
    }

    static let badValues: [(String, JSONValue, String)] = [
        ("/assetId", .string("../up"), "manifest.asset-id"),
        ("/assetId", .string(""), "manifest.asset-id"),
        ("/assetId", .integer(340), "manifest.wrong-type"),
        ("/region", .string("Frankfurt"), "manifest.unknown-value"),
        ("/export/formats", .array([.string("VHD"), .string("QCOW2")]), "manifest.unknown-value"),
        ("/export/formats", .array([.string("VHD"), .string("VHD")]), "manifest.duplicate"),
        ("/export/prefix", .string("a//b"), "manifest.unknown-value"),
        ("/export/prefix", .string("a/../b"), "manifest.unknown-value"),
        ("/export/bucket", .string("images"), "manifest.missing-field"),
        ("/export/role", .string("vmimport"), "manifest.unknown-field"),
        ("/exports", .object([:]), "manifest.unknown-field"),
        ("/tags", ["aWs:x": "y"], "manifest.tag"), ("/tags", ["exa_dss_x": "y"], "manifest.tag"),
        ("/tags", ["": "y"], "manifest.tag"), ("/tags", ["a*b": "y"], "manifest.tag"),
        ("/tags", ["k": "a[b"], "manifest.tag"), ("/tags", ["k": "a\tb"], "manifest.tag"),
        ("/tags", ["k": true], "manifest.wrong-type"), ("/tags", [], "manifest.wrong-type"),
        ("/tags", .object(["k": .string(String(repeating: "v", count: 257))]), "manifest.tag"),
        ("/tags", .object([String(repeating: "k", count: 129): "v"]), "manifest.tag"),
        ("/ami/deprecateAfterDays", 731, "manifest.out-of-range"),
        ("/instance/types", ["a", "a"], "manifest.duplicate"),
        ("/instance/types", [""], "manifest.unknown-value"),
        ("/ami/base/owner", .null, "manifest.wrong-type"),
        (
            "/ami/copyToRegions", .array([.string("us-east-1"), .string("us-east-1")]),
            "manifest.duplicate"
        ),
        ("/instance/volumeGiB", .integer(2), "manifest.out-of-range"),
        ("/instance/volumeGiB", .integer(1025), "manifest.out-of-range"),
        ("/instance/sshPort", .integer(70_000), "manifest.out-of-range"),
        ("/instance/ingressCidr", .string("10.0.0.0/33"), "manifest.cidr"),
        ("/provision/playbook", .string("ansible/none.yml"), "manifest.missing-file"),
        ("/kind", .string("relase"), "manifest.unknown-value"),
        ("/docker/network", .string("a b"), "manifest.unknown-value"),
        ("/docker/registryUser", .string(""), "manifest.unknown-value"),
        ("/docker/tag", .string("1"), "manifest.unknown-field"),
        ("/release/repository", .string("sandbox"), "manifest.unknown-value"),
        ("/release/repository", .string("a/.."), "manifest.unknown-value"),
        ("/release/repository", .string("a/b c"), "manifest.unknown-value"),
        ("/release/id", .integer(0), "manifest.out-of-range"),
        ("/release/id", .string("3.4.0"), "manifest.wrong-type"),
    ]

    @Test(arguments: badValues)
    func `a bad value is an error that names its place`(
        pointer: String, value: JSONValue, code: String
    ) throws {
        let fixture = try ManifestFixture()
        let error = try #require(throws: Diagnostic.self) {
            try fixture.read { try $0.setting(JSONPointer(parsing: pointer), to: value) }
        }
        #expect(error.code == code)
        #expect(error.severity == .configuration)
        #expect(error.hint != nil)
        #expect(error.location?.hasPrefix(fixture.path) == true)
    }

    private func read(_ fixture: ManifestFixture, _ overrides: ManifestOverrides) throws
        -> ReleaseManifest
    {
        try Manifest.release(contentsOf: fixture.path, changedBy: overrides).release
    }

    @Test func `an override sets a value as JSON or as text`() throws {
        let manifest = try read(
            try ManifestFixture(),
            .init(
                assetId: "9.9", settings: ["/instance/volumeGiB=42", "export.prefix=images"]))
        #expect(manifest.assetId.text == "9.9")
        #expect(manifest.instance.volumeGiB == 42)
        #expect(manifest.export?.prefix == "images")
    }

    @Test(arguments: [
        ["/export/prefix"], Array(repeating: "/export/prefix=images", count: 1001),
    ])
    func `an override without a value, or a thousand of them, is a usage error`(
        settings: [String]
    ) throws {
        let error = try #require(throws: Diagnostic.self) {
            try read(try ManifestFixture(), .init(settings: settings))
        }
        #expect(error.code == "usage.set")
    }
}
