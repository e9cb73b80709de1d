import Diagnostics

/// The JSON Schemas of `manifests/schema/`, as built into the program.
package enum PublishedSchema {
    private static let all: [(kind: String, bytes: [UInt8])] = [
        ("release", PackageResources.release_schema_json),
        ("infrastructure", PackageResources.infrastructure_schema_json),
        ("matrix", PackageResources.matrix_schema_json),
        ("matrix-summary", PackageResources.matrix_summary_schema_json),
        ("result", PackageResources.result_schema_json),
        ("release-document", PackageResources.release_document_schema_json),
        ("events", PackageResources.events_schema_json),
        ("plan", PackageResources.plan_schema_json),
        ("inventory", PackageResources.inventory_schema_json),
        ("journal", PackageResources.journal_schema_json),
        ("report", PackageResources.report_schema_json),
    ]

    /// The kinds that there are.
    package static var kinds: [String] { all.map(\.kind) }

    /// The schema of one kind.
    ///
    /// - Throws: `usage.unknown-kind`.
    package static func text(of kind: String) throws -> String {
        guard let schema = all.first(where: { $0.kind == kind }) else {
            throw Diagnostic(
                code: "usage.unknown-kind", severity: .configuration,
                summary: "no schema of kind `\(kind)`",
                hint: NameSuggestion.hint(for: kind, among: kinds))
        }
        return String(decoding: schema.bytes, as: UTF8.self)
    }
}
