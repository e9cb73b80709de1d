import Diagnostics
import FoundationEssentials

/// The folder that a manifest's relative paths start from.
package struct ProjectFolder: Sendable, Equatable {
    /// Absolute, without a trailing slash.
    package let path: String

    /// Uses that folder itself.
    package init(path: String) { self.path = path }

    /// The folder of a manifest: the parent of its folder where that is called `manifests`, else
    /// its own.
    package init(ofManifest manifest: String) {
        let folder = URL(fileURLWithPath: manifest).standardizedFileURL.deletingLastPathComponent()
        path =
            folder.lastPathComponent == "manifests"
            ? folder.deletingLastPathComponent().path : folder.path
    }

    /// The absolute form of a path that the manifest names.
    package func absolute(_ relative: String) -> String {
        relative.hasPrefix("/") ? relative : path + "/" + relative
    }

    /// Checks that a file which the manifest names is there.
    ///
    /// - Parameters:
    ///   - file: as the manifest names it.
    ///   - location: where the manifest names it.
    /// - Throws: `manifest.missing-file`.
    package func requireFile(_ file: String, location: String) throws {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: absolute(file), isDirectory: &isFolder),
            !isFolder
        else {
            throw Diagnostic(
                code: "manifest.missing-file", severity: .configuration,
                summary: "`\(file)` is no file", location: location,
                causes: ["relative paths start from `\(path)`"],
                hint: "correct the path, or put the file there")
        }
    }
}
