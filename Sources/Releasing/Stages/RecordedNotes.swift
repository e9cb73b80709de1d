package import BuildGraph
import Diagnostics
import JSON

/// Stands for `release-notes` where its documents are all that there is: the pipeline that made
/// them, and what it needs of AWS, is of no concern to who publishes them.
package struct RecordedNotes: Stage {
    /// The same that `release-notes` records.
    package typealias Outputs = ReleaseNotes.Outputs

    /// Makes one; there is nothing to set.
    package init() {}

    package var name: StageName { "release-notes" }
    package var revision: Int { 1 }

    /// Tells what the documents are.
    package func run(_ context: StageContext) async throws -> Outputs {
        let names = [ReleaseNotes.documentName, ReleaseNotes.tableName]
        let files = try await ReleaseFiles.read(context.results).files
            .filter { names.contains($0.name) }
        return Outputs(
            files: Dictionary(files.map { ($0.name, $0.digest) }) { $1 })
    }

    /// They are what they are.
    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }
}
