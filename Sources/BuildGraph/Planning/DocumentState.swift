import Diagnostics

/// Which recorded documents are what was recorded of them.
package struct DocumentState: Sendable, Equatable {
    /// Stages whose documents are gone or others, with what is wrong, such as
    /// `document release.json is gone`.
    package private(set) var spoiled: [StageName: String] = [:]
    /// Keys of earlier runs whose documents others have taken the place of: their outputs cannot be
    /// taken up again.
    private(set) var unfit: [StageName: Set<String>] = [:]

    private static let readWidth = 16

    /// Nothing is spoiled.
    package init() {}

    /// Compares what lies beside the results with what they tell of it.
    ///
    /// Where outputs of two stages tell of a file, the later one mends it: what uploads a file can
    /// bring it back, what it was made with may be gone.
    ///
    /// - Throws: what reading throws.
    package init(
        _ graph: StageGraph, _ results: [StageName: StoredResult], store: any ResultStore
    ) async throws {
        var recorded: [String: (stage: StageName, digest: String)] = [:]
        var earlier: [(stage: StageName, key: String, documents: [String: String])] = []
        for stage in graph.stages {
            guard let record = results[stage.name]?.record else { continue }
            if let outputs = record.lastGood?.outputs {
                for (file, digest) in stage.base.documents(in: outputs) {
                    recorded[file] = (stage.name, digest)
                }
            }
            for run in record.history {
                guard let outputs = run.outputs else { continue }
                let documents = stage.base.documents(in: outputs)
                if !documents.isEmpty { earlier.append((stage.name, run.key, documents)) }
            }
        }
        let files = Set(recorded.keys).union(earlier.flatMap(\.documents.keys)).sorted()
        let digests = try await ConcurrentMap.map(files, width: Self.readWidth) { file in
            try await store.readFile(file).map { Digest.of($0) }
        }
        let found = Dictionary(uniqueKeysWithValues: zip(files, digests))
        for (file, known) in recorded.sorted(by: { $0.key > $1.key }) {
            let digest = found[file] ?? nil
            guard digest != known.digest else { continue }
            spoiled[known.stage] = "document \(file) \(digest == nil ? "is gone" : "was changed")"
        }
        for run in earlier where run.documents.contains(where: { found[$0.key] != $0.value }) {
            unfit[run.stage, default: []].insert(run.key)
        }
    }
}
