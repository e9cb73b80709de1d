import BuildGraph
import Diagnostics
import JSON

/// What changed on the images since the release before, by the inventories beside the results.
package struct PackageReport: Sendable {
    /// One thing that came, went or has another version.
    package struct Change: Sendable, Equatable {
        /// A package or clone.
        package let name: String
        /// Nil where it is new.
        package let before: String?
        /// Nil where it is gone.
        package let after: String?
    }

    /// What changed on one kind of image.
    package struct Image: Sendable {
        /// Such as `Machine image`.
        package let title: String
        /// Clones, Python packages, then packages of the distribution.
        package let changes: [Change]
    }

    /// The asset id of the release before; nil where there is none to compare with.
    package let previous: String?
    /// Why there is none.
    package let reason: String?
    /// Each kind of image that both have an inventory of.
    package let images: [Image]

    /// No comparison.
    init(reason: String) {
        previous = nil
        self.reason = reason
        images = []
    }

    /// What changed since a release.
    init(since previous: String, _ images: [Image]) {
        self.previous = previous
        reason = nil
        self.images = images
    }

    private static let width = 16

    /// Looks for the newest release that is older than this one and has an inventory.
    ///
    /// - Parameters:
    ///   - document: this one's `release.json`.
    ///   - others: the results of other assets.
    /// - Throws: what reading the results throws.
    static func read(
        _ store: any ResultStore, _ document: JSONValue?,
        others: @Sendable () async throws -> [any ResultStore]
    ) async throws -> PackageReport {
        let own = try await inventories(store)
        guard let madeAt = document?["createdAt"]?.stringValue, !own.isEmpty else {
            return PackageReport(reason: "no inventory of this release is recorded")
        }
        let dated = try await ConcurrentMap.map(others(), width: width) { other in
            (store: other, madeAt: try await date(of: other))
        }
        let older = dated.filter { ($0.madeAt ?? madeAt) < madeAt }
            .sorted { ($0.madeAt ?? "") > ($1.madeAt ?? "") }
        for (other, _) in older {
            let before = try await inventories(other)
            let images = ReleaseFiles.documented.compactMap { stage, title -> Image? in
                guard let from = before[stage], let to = own[stage] else { return nil }
                return Image(title: title, InventoryChanges(from: from, to: to))
            }
            if !images.isEmpty { return PackageReport(since: other.assetId, images) }
        }
        return PackageReport(reason: "no older release with an inventory is beside these results")
    }

    /// When a release was made; nil where it was not, or what tells of it cannot be read.
    private static func date(of store: any ResultStore) async throws -> String? {
        try await store.readFile(ReleaseNotes.documentName).flatMap {
            try? JSONValue.parse($0, source: ReleaseNotes.documentName)
        }?["createdAt"]?.stringValue
    }

    /// The inventories that can be read; one that is spoiled is like none.
    private static func inventories(
        _ store: any ResultStore
    ) async throws -> [StageName: Inventory] {
        var found: [StageName: Inventory] = [:]
        for (stage, _) in ReleaseFiles.documented {
            let name = InventoryDocuments.names(of: stage).inventory
            found[stage] = try await store.readFile(name).flatMap {
                try? Inventory($0, source: name)
            }
        }
        return found
    }
}

extension PackageReport.Image {
    init(title: String, _ changes: InventoryChanges) {
        self.init(
            title: title,
            changes: (changes.notable + changes.system).map {
                PackageReport.Change(name: $0.name, before: $0.before, after: $0.after)
            })
    }
}
