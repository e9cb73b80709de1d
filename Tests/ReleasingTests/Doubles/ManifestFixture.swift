import Foundation
import JSON
import Releasing
import TestSupport

/// A project folder with the shipped manifest and empty files where it names some.
final class ManifestFixture: Sendable {
    private let folder: String
    /// The manifest's path.
    let path: String

    init() throws {
        folder = NSTemporaryDirectory() + "dssbatch-" + UUID().uuidString
        path = folder + "/manifests/release.json"
        let files = FileManager.default
        for name in ["manifests", "ansible", "checks", "cfn"] {
            try files.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        for name in [
            "ansible/sandbox.yml", "ansible/reset-password.yml", "ansible/finish-container.yml",
            "checks/machine.yml",
            "checks/disk.yml", "cfn/ec2.yaml",
        ] {
            try Data().write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        try files.copyItem(atPath: ProjectPath.root + "/manifests/release.json", toPath: path)
    }

    deinit {
        // The system clears its temporary folder where this cannot.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Reads the manifest after a change.
    func read(_ change: (JSONValue) throws -> JSONValue = { $0 }) throws -> ReleaseManifest {
        let document = try change(JSONValue.parse(contentsOf: path))
        return try ReleaseManifest(document, path: path)
    }
}
