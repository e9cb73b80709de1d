import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// A manifest of kind `matrix`: many releases from one base.
package struct MatrixManifest: Sendable {
    private static let defaultAtOnce = 10

    /// The file that was read, as named on the command line.
    package let path: String
    /// The release that every variant starts from, after what the command line changed; its region
    /// is where results in S3 are.
    package let base: ReleaseManifest
    /// The most variants that one process works on at once.
    package let atOnce: Int
    /// In the file's order.
    package let variants: [MatrixVariant]

    /// What the matrix itself records is in a folder of this name: that of its file.
    package var name: String {
        URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }

    /// Reads a matrix and its base.
    ///
    /// The base is checked as a release of its own; each variant where it is laid out.
    ///
    /// - Parameter overrides: what the command line changes about the base; its asset id is no part
    ///   of that.
    /// - Throws: `json.*` and `manifest.*`, all of severity `.configuration`.
    init(_ file: ManifestFile, changedBy overrides: ManifestOverrides) throws {
        let root = try JSONReader(file.document, source: file.path).object(allowing: [
            "$schema", "kind", "base", "atOnce", "results", "account", "variants",
        ])
        let base = try root.required("base")
        let basePath = try Self.path(base.nonEmptyString(), beside: file.path)
        guard FileManager.default.fileExists(atPath: basePath) else {
            throw base.diagnostic(
                code: "manifest.missing-file", summary: "there is no file `\(basePath)`",
                hint: "name a release's manifest, relative to this one's folder")
        }
        var overrides = overrides
        overrides.assetId = nil
        // Each variant completes a release of its own, which `/release/id` in its `set` names.
        overrides.releaseId = nil
        let results = try overrides.results ?? root.optional("results")?.nonEmptyString()
        overrides.results = results
        overrides.account = try root.optional("account").map(ReleaseManifest.account)
        path = file.path
        let baseFile = try ManifestFile(basePath)
        try baseFile.require(.release)
        self.base = try ReleaseManifest(baseFile, changedBy: overrides)
        atOnce = try root.optional("atOnce")?.integer(in: 1...1000) ?? Self.defaultAtOnce
        variants = try root.required("variants").array(count: 1...10_000) {
            try MatrixVariant($0)
        }
        try checkIds(root.required("variants"))
    }

    /// The release of one variant.
    ///
    /// - Throws: `json.*` and `manifest.*`, with the variant's place.
    func release(of variant: MatrixVariant) throws -> ReleaseManifest {
        do {
            return try ReleaseManifest(try variant.applied(to: base.document), like: base)
        } catch let problem as Diagnostic {
            var problem = problem
            let place = problem.location.map { ["in `\($0)`"] } ?? []
            problem.causes = ["variant `\(variant.assetId)` is no release"] + place + problem.causes
            problem.location = variant.location
            throw problem
        }
    }

    /// The one release that a text names.
    ///
    /// - Throws: `usage.asset-id` where it names none or several; as `release(of:)`.
    package func release(named text: String?) throws -> ReleaseManifest {
        let named = try variants(named: text)
        guard let variant = named.first, named.count == 1 else {
            throw Diagnostic(
                code: "usage.asset-id", severity: .configuration,
                summary: "this command works on one release, and \(named.count) variants of the "
                    + "matrix are meant", location: path,
                hint: "name one: `--asset-id \(variants.first?.assetId.text ?? "ID")`")
        }
        return try release(of: variant)
    }

    /// The machines' types of the variants that run at the same time as one of them: the first
    /// others, as many as run at once.
    ///
    /// - Throws: as `release(of:)`.
    package func typesBesides(_ assetId: String?) throws -> [String] {
        try variants.filter { $0.assetId.text != assetId }.prefix(atOnce - 1)
            .map { try release(of: $0).instance.type }
    }

    /// The variants that a text names: asset ids and globs with commas in between; nil for all.
    ///
    /// - Throws: `usage.asset-id` for one that names none.
    package func variants(named text: String?) throws -> [MatrixVariant] {
        guard let text else { return variants }
        var wanted: Set<String> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pattern = try AssetPattern(String(part))
            let found = variants.map(\.assetId.text).filter(pattern.matches)
            guard !found.isEmpty else { throw unknown(String(part)) }
            wanted.formUnion(found)
        }
        return variants.filter { wanted.contains($0.assetId.text) }
    }

    /// The error of an asset id that is none of this matrix.
    private func unknown(_ name: String) -> Diagnostic {
        Diagnostic(
            code: "usage.asset-id", severity: .configuration,
            summary: "no variant `\(name)` in this matrix", location: path,
            hint: NameSuggestion.hint(
                for: name, among: variants.prefix(50).map(\.assetId.text)))
    }

    /// Relative to the matrix's folder, and written as the matrix itself is.
    private static func path(_ relative: String, beside path: String) -> String {
        if relative.hasPrefix("/") { return relative }
        let written = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return (written + [relative[...]]).joined(separator: "/")
    }

    private func checkIds(_ list: JSONReader) throws {
        var known: Set<String> = [name]
        for variant in variants where !known.insert(variant.assetId.text).inserted {
            let isName = variant.assetId.text == name
            throw Diagnostic(
                code: "manifest.duplicate", severity: .configuration,
                summary: isName
                    ? "asset id `\(name)` is where the matrix itself records"
                    : "two variants have the asset id `\(variant.assetId)`",
                location: variant.location + "/assetId",
                hint: isName ? "choose another, or rename the file" : "name each asset once")
        }
    }
}
