package import BuildGraph

extension Matrix {
    /// The builds that bring variants up to date, and remove what runs left of them; nil where
    /// there is nothing to do.
    ///
    /// - Parameters:
    ///   - builds: the most builds that the batch may have.
    ///   - atOnce: the most that run side by side.
    ///   - replacesPublished: whether what is published may be replaced.
    ///   - warn: told of variants that are built though they are fresh.
    ///   - activeExports: asks how many export tasks run in a region.
    /// - Throws: as `plan(_:_:)`, `distribute.too-few-builds`, `publish.protected`.
    package func batch(
        _ variants: [Variant], builds: Int, atOnce: Int, replacesPublished: Bool,
        warn: (String) -> Void = { _ in },
        activeExports: (_ region: String) async throws -> Int
    ) async throws -> BatchPlan? {
        let plans = try await plan(variants, SelectionRequest())
        let stale = zip(variants, plans).filter { $0.1.hasWork }
        for (variant, plan) in stale where plan.isFresh {
            warn(
                "`\(variant.assetId)` is built, though fresh, to remove what an earlier run left; "
                    + "`clean --dry-run` shows it")
        }
        guard !stale.isEmpty else { return nil }
        if !replacesPublished { try Self.checkConsent(stale) }
        var wanted: [StageName: Int] = [:]
        var order: [StageName] = []
        for (variant, plan) in stale {
            let graph = try variant.graph()
            for stage in plan.plan?.stages ?? [] where stage.state != .fresh {
                guard graph[stage.name]?.isShareable == true else { continue }
                if wanted.updateValue((wanted[stage.name] ?? 0) + 1, forKey: stage.name) == nil {
                    order.append(stage.name)
                }
            }
        }
        var exports: [ExportLoad] = []
        for (region, releases) in try exporting(stale) {
            exports.append(
                ExportLoad(
                    region: region, releases: releases, active: try await activeExports(region)))
        }
        return try BatchPlan(
            assetIds: stale.map(\.0.assetId),
            shared: order.filter { wanted[$0, default: 0] > 1 }.map(\.rawValue), builds: builds,
            atOnce: atOnce, exports: exports)
    }

    /// How many of the stale releases export, by region.
    private func exporting(
        _ stale: [(Variant, VariantPlan)]
    ) throws -> [(region: String, releases: Int)] {
        var counts: [String: Int] = [:]
        for (variant, plan) in stale {
            guard plan.plan?.stages.contains(where: Self.exports) == true else { continue }
            guard let release = releases[variant.assetId] else { continue }
            counts[try release.manifest.region, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func exports(_ stage: PlannedStage) -> Bool {
        stage.group == "export" && stage.state != .fresh
    }
}
