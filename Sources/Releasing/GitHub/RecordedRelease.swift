package import BuildGraph
import Diagnostics

/// What `update-release` does with the results that it finds.
package enum RecordedRelease {
    /// The stage `github-release` alone, from what `release-notes` has recorded; where only its
    /// documents were kept, these are looked at first.
    ///
    /// - Throws: `github.no-release` and what else is wrong with the documents.
    package static func selection(in results: any ResultStore) async throws -> Selection {
        _ = try await ReleaseFiles.read(results)
        let notes = RecordedNotes().name
        let isRecorded = try await results.load(notes)?.record?.lastGood?.outputs != nil
        return Selection(
            only: [PublishRelease.stageName], skip: isRecorded ? [notes] : [])
    }
}
