import Diagnostics
import Foundation
import JSON
import Sandbox
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

    @Test(arguments: [
        ("/assetId", JSONValue.string("../up"), "manifest.asset-id"),
        ("/assetId", "", "manifest.asset-id"),
        ("/assetId", 340, "manifest.wrong-type"),
        ("/region", "Frankfurt", "manifest.unknown-value"),
        ("/export/formats", ["VHD", "QCOW2"], "manifest.unknown-value"),
        ("/export/formats", ["VHD", "VHD"], "manifest.duplicate"),
        ("/export/prefix", "a//b", "manifest.unknown-value"),
        ("/export/prefix", "a/../b", "manifest.unknown-value"),
        ("/export/bucket", "images", "manifest.missing-field"),
        ("/export/role", "vmimport", "manifest.unknown-field"),
        ("/exports", [:], "manifest.unknown-field"),
        ("/ami/base/owner", nil, "manifest.wrong-type"),
        ("/ami/copyToRegions", ["us-east-1", "us-east-1"], "manifest.duplicate"),
        ("/instance/volumeGiB", 2, "manifest.out-of-range"),
        ("/instance/sshPort", 70_000, "manifest.out-of-range"),
        ("/instance/ingressCidr", "10.0.0.0/33", "manifest.cidr"),
        ("/provision/playbook", "ansible/none.yml", "manifest.missing-file"),
        ("/kind", "relase", "manifest.unknown-value"),
    ])
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

    @Test func `an override sets a value as JSON or as text`() throws {
        let fixture = try ManifestFixture()
        let manifest = try ReleaseManifest(
            contentsOf: fixture.path,
            overrides: .init(
                assetId: "9.9", settings: ["/instance/volumeGiB=42", "export.prefix=images"]))
        #expect(manifest.assetId.text == "9.9")
        #expect(manifest.instance.volumeGiB == 42)
        #expect(manifest.export?.prefix == "images")
    }

    @Test func `an override without a value is a usage error`() throws {
        let fixture = try ManifestFixture()
        let error = try #require(throws: Diagnostic.self) {
            try ReleaseManifest(
                contentsOf: fixture.path, overrides: .init(settings: ["/export/prefix"]))
        }
        #expect(error.code == "usage.set")
    }
}
