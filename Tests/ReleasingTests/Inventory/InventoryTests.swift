import Diagnostics
import Foundation
import JSON
import Testing

@testable import Releasing

@Suite struct InventoryTests {
    static let text = """
        {
          "schema": "dssbatch.inventory/1",
          "system": {
            "id": "debian", "versionId": "12", "prettyName": "Debian GNU/Linux 12 (bookworm)",
            "kernel": "6.1.148-1", "architecture": "amd64"
          },
          "apt": [
            {
              "name": "libc6", "version": "2.36-9+deb12u10", "architecture": "amd64",
              "source": "glibc", "sourceVersion": "2.36-9+deb12u10"
            },
            {
              "name": "git", "version": "1:2.39.5-0+deb12u2", "architecture": "amd64",
              "source": "git", "sourceVersion": "1:2.39.5-0+deb12u2"
            }
          ],
          "pip": [
            {
              "environment": "/home/ubuntu/jupyterenv",
              "packages": [
                {"name": "jupyterlab", "version": "4.2.5"},
                {"name": "Jupyter_Client", "version": "8.6.3"}
              ]
            },
            {
              "environment": "/opt/pipx/venvs/poetry",
              "packages": [{"name": "jupyterlab", "version": "4.2.5"}]
            }
          ],
          "repositories": [
            {
              "path": "/home/ubuntu/script-languages-release",
              "url": "https://github.com/exasol/script-languages-release.git",
              "commit": "0123456789012345678901234567890123456789", "describe": "5.0.0",
              "submodules": [{"path": "a/b", "commit": "9999999999999999999999999999999999999999"}]
            }
          ]
        }
        """

    private func inventory() throws -> Inventory {
        try Inventory(Array(Self.text.utf8), source: "test")
    }

    private func bill() throws -> JSONValue {
        SoftwareBill(
            inventory: try inventory(),
            subject: .init(
                kind: "operating-system", name: "Sandbox", version: "3.4.0", assetId: "3.4.0 rc"),
            serial: try #require(UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF")),
            createdAt: Date(timeIntervalSince1970: 1_795_000_000)
        ).json
    }

    @Test func `what a machine says of itself is read`() throws {
        let inventory = try inventory()
        #expect(inventory.packageCount == 5)
        #expect(inventory.system.kernel == "6.1.148-1")
        #expect(inventory.repositories.first?.submodules.first?.path == "a/b")
    }

    @Test(
        arguments: [
            ("", "json."), ("[]", "json."), ("{}", "json."),
            (text.replacing("inventory/1", with: "inventory/2"), "inventory.invalid"),
        ])
    func `anything else is refused`(text: String, code: String) throws {
        let error = try #require(throws: Diagnostic.self) {
            try Inventory(Array(text.utf8), source: "test")
        }
        #expect(error.code.hasPrefix(code))
        #expect(error.hint?.contains("checks/machine.yml") == true)
    }

    @Test func `every package of every environment is a component with a reference of its own`()
        throws
    {
        let components = try #require(try bill()["components"]?.arrayValue)
        let references = components.compactMap { $0["bom-ref"]?.stringValue }
        #expect(components.count == 8)
        #expect(Set(references).count == components.count)
        let addresses = components.compactMap { $0["purl"]?.stringValue }
        #expect(
            addresses == [
                "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12"
                    + "&upstream=glibc%402.36-9%2Bdeb12u10",
                "pkg:deb/debian/git@1:2.39.5-0%2Bdeb12u2?arch=amd64&distro=debian-12",
                "pkg:pypi/jupyterlab@4.2.5", "pkg:pypi/jupyter-client@8.6.3",
                "pkg:pypi/jupyterlab@4.2.5",
                "pkg:generic/script-languages-release@0123456789012345678901234567890123456789"
                    + "?vcs_url=git%2Bhttps://github.com/exasol/script-languages-release.git"
                    + "%400123456789012345678901234567890123456789",
                "pkg:generic/b@9999999999999999999999999999999999999999",
            ])
    }

    @Test func `the bill says what it is of, when and by whom it was made`() throws {
        let bill = try bill()
        #expect(bill["bomFormat"] == "CycloneDX")
        #expect(bill["specVersion"] == "1.6")
        #expect(bill["serialNumber"] == "urn:uuid:01234567-89ab-cdef-0123-456789abcdef")
        #expect(bill["metadata"]?["timestamp"] == "2026-11-18T11:06:40.000Z")
        #expect(bill["metadata"]?["component"]?["version"] == "3.4.0")
    }
}
