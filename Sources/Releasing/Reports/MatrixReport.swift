package import BuildGraph
import Diagnostics
package import JSON
import OrderedCollections

/// All releases of a matrix, a row each: a function of what is recorded.
package struct MatrixReport: Sendable {
    /// One release.
    package struct Row: Sendable {
        /// Which one.
        package let assetId: String
        /// Where it stands.
        package let status: MatrixSummary.Status
        /// The first stage that is not fresh, with its reason.
        package let reason: String?
        /// When it was last made; RFC 3339, UTC, nil where it never was.
        package let madeAt: String?
        /// The image in each region, by the region's name.
        package let images: [(region: String, id: String)]
        /// The exported formats.
        package let formats: [String]
        /// What these take.
        package let sizeBytes: Int64
    }

    /// The matrix's name.
    package let name: String
    /// Where its own results are.
    package let location: String
    /// Every variant, in the manifest's order.
    package let rows: [Row]

    /// How many there are of each status, of those that there are.
    package var counts: [(status: MatrixSummary.Status, count: Int)] {
        MatrixSummary.Status.allCases.map { status in
            (status, rows.count { $0.status == status })
        }.filter { $0.count > 0 }
    }

    /// The report as scripts read it.
    package var json: JSONValue {
        [
            "schema": .string(Report.schema), "kind": "matrix", "name": .string(name),
            "location": .string(location),
            "releases": .array(
                rows.map { row in
                    [
                        "assetId": .string(row.assetId), "status": .string(row.status.rawValue),
                        "reason": .text(row.reason), "madeAt": .text(row.madeAt),
                        "images": JSONValue(
                            members: row.images.map { ($0.region, .string($0.id)) }),
                        "formats": .array(row.formats.map { .string($0) }),
                        "bytes": .integer(row.sizeBytes),
                    ]
                }),
        ]
    }
}

extension Matrix {
    /// Draws up what is recorded of some of its releases; writes nothing.
    ///
    /// - Throws: as `plan`.
    package func report(_ variants: [Variant]) async throws -> MatrixReport {
        let plans = try await plan(variants, SelectionRequest())
        let rows = try await ConcurrentMap.map(
            Array(zip(variants, plans)), width: Self.planWidth
        ) { variant, plan in
            let document = try await variant.store.readFile(ReleaseNotes.documentName).flatMap {
                try? JSONValue.parse($0, source: ReleaseNotes.documentName)
            }
            return MatrixReport.Row(
                MatrixSummary.Entry(assetId: variant.assetId, plan: plan), document)
        }
        return MatrixReport(name: manifest.name, location: store.location, rows: rows)
    }
}

extension MatrixReport.Row {
    init(_ entry: MatrixSummary.Entry, _ document: JSONValue?) {
        let exports = document?["images"]?.arrayValue ?? []
        self.init(
            assetId: entry.assetId, status: entry.status, reason: entry.firstReason,
            madeAt: document?["createdAt"]?.stringValue,
            images: (document?["ami"]?["regions"]?.objectValue ?? [:]).map {
                ($0.key, $0.value.stringValue ?? "")
            },
            formats: exports.compactMap { $0["format"]?.stringValue },
            sizeBytes: ByteCount.sum(exports.map { $0["bytes"]?.integerValue }))
    }
}
