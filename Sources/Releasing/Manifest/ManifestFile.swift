import Diagnostics
import FoundationEssentials
import JSON

/// A manifest's file, parsed once: its kind decides what reads the rest of it.
struct ManifestFile {
    let path: String
    let document: JSONValue
    let kind: ManifestKind

    /// Parses a file; the file decides, before anything is changed about it.
    ///
    /// - Throws: `file.*`, `json.*`, and `manifest.*` where it is of no kind at all.
    init(_ path: String) throws {
        do {
            document = try JSONValue.parse(contentsOf: path, limits: .manifest)
        } catch var problem as Diagnostic where problem.code == "json.unreadable" {
            if !FileManager.default.fileExists(atPath: path), let near = Self.near(path) {
                problem.hint = "did you mean `\(near)`?"
            }
            throw problem
        }
        kind = try JSONReader(document, source: path).object().required("kind").oneOf(
            ManifestKind.self)
        self.path = path
    }

    /// The file that somebody probably meant: of a like name beside it, or of its name in the
    /// folder where manifests usually are.
    private static func near(_ path: String) -> String? {
        let url = URL(fileURLWithPath: path)
        let (folder, name) = (url.deletingLastPathComponent(), url.lastPathComponent)
        guard path.hasSuffix(name) else { return nil }
        let usual = "manifests/\(name)"
        if !path.contains("/"), FileManager.default.fileExists(atPath: usual) { return usual }
        // A folder that cannot be read holds nothing to be suggested.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard
            let found = NameSuggestion.nearest(
                to: name, among: names.filter { $0.hasSuffix(".json") }.sorted())
        else { return nil }
        return path.dropLast(name.count) + found
    }

    /// Refuses any other kind.
    ///
    /// - Throws: `manifest.kind`.
    func require(_ wanted: ManifestKind) throws {
        guard kind != wanted else { return }
        throw Diagnostic(
            code: "manifest.kind", severity: .configuration,
            summary: "this command needs a manifest of kind `\(wanted.rawValue)`, and this one is "
                + "of kind `\(kind.rawValue)`", location: "\(path)#/kind",
            hint: "name another manifest, such as `manifests/\(wanted.rawValue).json`")
    }
}

/// The kinds of manifests: the values of `/kind`.
package enum ManifestKind: String, CaseIterable, Sendable {
    case release, infrastructure, matrix
}

/// Where a manifest of any kind belongs: what services and results are found by.
package struct ManifestPlace: Sendable {
    /// The file that was read, as named on the command line.
    package let path: String
    /// The folder that relative paths start from.
    package let project: ProjectFolder
    /// The region that it names for everything that names none.
    package let region: String
    /// The only account that it is for; nil for any.
    package let account: String?
    /// Folder (relative to the project) or `s3://` address of the results.
    package let results: String
}
