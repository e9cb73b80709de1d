import Diagnostics
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
        document = try JSONValue.parse(contentsOf: path, limits: .manifest)
        kind = try JSONReader(document, source: path).object().required("kind").oneOf(
            ManifestKind.self)
        self.path = path
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
