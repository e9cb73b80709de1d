package import BuildGraph

extension Matrix {
    /// The builds that bring variants up to date; nil where none is stale.
    ///
    /// - Parameters:
    ///   - builds: the most builds that the batch may have.
    ///   - atOnce: the most that run side by side.
    ///   - replacesPublished: whether what is published may be replaced.
    /// - Throws: as `plan(_:_:)`, `distribute.too-few-builds`, `publish.protected`.
    package func batch(
        _ variants: [Variant], builds: Int, atOnce: Int, replacesPublished: Bool
    ) async throws -> BatchPlan? {
        let plans = try await plan(variants, SelectionRequest())
        let stale = zip(variants, plans).filter { !$0.1.isFresh }
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
        return try BatchPlan(
            assetIds: stale.map(\.0.assetId),
            shared: order.filter { wanted[$0, default: 0] > 1 }.map(\.rawValue), builds: builds,
            atOnce: atOnce, exporting: try exporting(stale))
    }

    /// How many of the stale releases export in the region where most of them do.
    private func exporting(_ stale: [(Variant, VariantPlan)]) throws -> Int {
        var counts: [String: Int] = [:]
        for (variant, plan) in stale {
            guard plan.plan?.stages.contains(where: Self.exports) == true else { continue }
            guard let release = releases[variant.assetId] else { continue }
            counts[try release.manifest.region, default: 0] += 1
        }
        return counts.values.max() ?? 0
    }

    private static func exports(_ stage: PlannedStage) -> Bool {
        stage.group == "export" && stage.state != .fresh
    }
}
