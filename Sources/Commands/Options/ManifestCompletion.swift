import ArgumentParser
import BuildGraph
import FoundationEssentials
import Releasing

/// What a shell offers for a word, read from the manifest that stands in the same line.
enum ManifestCompletion {
    /// Files that a manifest may be.
    static let manifests = CompletionKind.file(extensions: ["json"])
    /// Stages and groups of stages.
    static let selectors = CompletionKind.custom { words, _, _ in
        offered { try graph(words).groups.flatMap { [$0.name] + $0.stages.map(\.rawValue) } }
    }
    /// Stages alone.
    static let stages = CompletionKind.custom { words, _, _ in
        offered { try graph(words).names.map(\.rawValue) }
    }
    /// Asset ids of a matrix.
    static let assetIds = CompletionKind.custom { words, _, _ in
        offered {
            guard case .matrix(let matrix) = try manifest(words) else { return [] }
            return matrix.variants.map(\.assetId.text)
        }
    }

    /// Each once, sorted; nothing where there is no manifest that can be read, as a shell has no
    /// place to say why.
    private static func offered(_ names: () throws -> [String]) -> [String] {
        Set((try? names()) ?? []).sorted()
    }

    /// The manifest that a line names; else that of the release.
    private static func manifest(_ words: [String]) throws -> Manifest {
        let named = words.last {
            $0.hasSuffix(".json") && !$0.hasPrefix("-")
                && FileManager.default.fileExists(atPath: $0)
        }
        return try Manifest(
            contentsOf: named ?? "manifests/release.json", changedBy: ManifestOverrides())
    }

    private static func graph(_ words: [String]) throws -> StageGraph {
        let single: SingleManifest =
            switch try manifest(words) {
            case .single(let manifest): manifest
            // All of them have the same stages, or nearly.
            case .matrix(let matrix):
                .release(try matrix.release(named: matrix.variants.first?.assetId.text))
            }
        return try Session(
            single, ManifestChanges.parse([]), GlobalOptions.parse([]), .ofThisProcess
        ).graph
    }
}
