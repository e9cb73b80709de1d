package import BuildGraph
import Diagnostics
import JSON
import OrderedCollections

/// What releases that are published elsewhere name, from recorded results alone.
///
/// Whatever else will publish (a channel) adds its names here.
package struct ReleasedNames: Sendable {
    private let page: String?
    private let publishedAt: String
    /// Nil where the result was written by a version that did not record them.
    let names: Set<ExactText>?

    /// Reads what the stage `github-release` recorded last.
    init(_ results: [StageName: StoredResult]) {
        let run = results[PublishRelease.stageName]?.record?.lastGood
        page = run?.outputs.map { outputs in
            "release \(outputs["releaseId"]?.compactText ?? "?") of "
                + (outputs["repository"]?.stringValue ?? "?")
        }
        publishedAt = run?.finishedAt ?? ""
        names = run?.outputs?["names"]?.arrayValue.map {
            Set($0.compactMap { $0.stringValue.map(ExactText.init) })
        }
    }

    /// Whether anybody may name anything.
    var isAnything: Bool { page != nil }

    /// Who names a thing; nil where nobody does.
    ///
    /// Where it is not recorded what a release names, it may be all that there was by then.
    ///
    /// - Parameter date: when the thing was made, RFC 3339.
    func holder(of id: String, madeAt date: String) -> String? {
        guard let page else { return nil }
        if let names { return names.contains(id) ? page : nil }
        return date <= publishedAt ? page : nil
    }

    /// What the release's document beside the results names.
    package static func recorded(in results: any ResultStore) async throws -> [String] {
        let file = ReleaseNotes.documentName
        guard let bytes = try await results.readFile(file) else { return [] }
        return named(in: try JSONValue.parse(bytes, source: file))
    }

    /// What a release's document names: image ids, `s3://` addresses, Docker images.
    static func named(in document: JSONValue) -> [String] {
        let images = document["ami"]?["regions"]?.objectValue?.values.compactMap(\.stringValue)
        let exports = document["images"]?.arrayValue?.compactMap { $0["s3"]?.stringValue }
        let documents = ["inventory", "sbom"].flatMap { name in
            [document["inventory"], document["docker"]?["inventory"]].compactMap {
                $0?[name]?["s3"]?.stringValue
            }
        }
        let docker = document["docker"]?["image"]?.stringValue
        return (images ?? []) + (exports ?? []) + documents + [docker].compactMap { $0 }
    }
}
