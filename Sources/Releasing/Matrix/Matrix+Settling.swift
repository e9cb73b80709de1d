import BuildGraph
import Diagnostics

/// What is settled for all variants before the first of them begins.
///
/// | question | asked of | answer that ends it |
/// |---|---|---|
/// | whose are the results? | every variant without a seal, offline | `realm.differs` |
/// | who works here? | AWS, once, where anything is to be done | `realm.unknown`, `realm.differs` |
/// | is anything published replaced? | every plan | `publish.protected` |
/// | and after lookups, verification, binding? | a rehearsal of those runs | `publish.protected` |
extension Matrix {
    /// Makes sure that no variant will be refused for what concerns all of them.
    ///
    /// - Throws: `realm.*`, `publish.protected`.
    func settle(
        _ variants: [Variant], _ request: SelectionRequest, _ options: RunOptions,
        _ runner: VariantRunner
    ) async throws {
        var outlooks = try await outlooks(variants, request)
        if let realms, options.verify || outlooks.contains(where: \.needsAccount) {
            let known = try await realms.account()
            try await realms.ask()
            let isNew = try await realms.account() != known
            if isNew || outlooks.contains(where: { $0.plan?.isAccountCompared == false }) {
                outlooks = try await self.outlooks(variants, request)
            }
        }
        guard !options.hasConsent else { return }
        // What no result tells of may be gone: the rehearsal finds out.
        try Self.checkConsent(zip(variants, outlooks.map(\.variantPlan))) { $0.adoption == nil }
        let unsure = zip(variants, outlooks).filter { $0.1.isUnsure(options) }.map(\.0)
        try Protection.check(
            try await runner.rehearse(unsure, options) { graph in
                try request.resolvedWhereKnown(in: graph) ?? Selection(only: [])
            })
    }

    /// Refuses what would replace anything published.
    ///
    /// - Parameter counts: whether a thing is asked about at all.
    /// - Throws: `publish.protected`, whose causes name all of it.
    static func checkConsent(
        _ plans: some Sequence<(Variant, VariantPlan)>,
        counts: (StageEffects.Replacement) -> Bool = { _ in true }
    ) throws {
        try Protection.check(
            plans.flatMap { variant, plan in
                (plan.plan.map { Protection.causes($0, counts: counts) } ?? [])
                    .map { "\(variant.assetId): \($0)" }
            })
    }

    private func outlooks(
        _ variants: [Variant], _ request: SelectionRequest
    ) async throws -> [Outlook] {
        let planner = VariantPlanner(SealBook(), equipment)
        return try await ConcurrentMap.map(variants, width: Self.planWidth) { variant in
            do {
                let graph = try variant.graph()
                guard let selection = try request.resolvedWhereKnown(in: graph) else {
                    return Outlook(.unconcerned, graph, realms)
                }
                return Outlook(try await planner.plan(variant, graph, selection), graph, realms)
            } catch let problem as Diagnostic
                where problem.severity != .interrupted && !problem.code.hasPrefix("realm.")
            {
                // What is wrong with one of them is its own run's to tell.
                return Outlook(.unconcerned, nil, nil)
            }
        }
    }

    /// What is known of a variant before its run.
    private struct Outlook: Sendable {
        let variantPlan: VariantPlan
        /// Whether it has to do with the cloud, or rests on an account that nobody compared.
        let needsAccount: Bool
        private let isPublished: Bool
        private let isOpen: Bool
        private let isLost: Bool

        var plan: Plan? { variantPlan.plan }

        init(
            _ plan: VariantPlan, _ graph: StageGraph?, _ realms: (any RealmSource)?
        ) {
            variantPlan = plan
            guard case .planned(let known, let world) = plan else {
                (needsAccount, isPublished, isOpen, isLost) = (false, false, false, false)
                return
            }
            let listed = known.stages.filter { stage in
                realms?.bindsEveryStage == true || graph?[stage.name]?.isOfCloud != false
            }
            needsAccount =
                listed.contains { $0.state != .fresh }
                || (!listed.isEmpty && !known.isAccountCompared)
            isPublished = PublishedThings(world.results).isAnything
            isLost = graph.map { !known.lost(world, in: $0).isEmpty } ?? false
            isOpen = known.mayDifferByLookups || !world.unbound.isEmpty
        }

        /// Whether only its run can tell what it replaces.
        func isUnsure(_ options: RunOptions) -> Bool {
            isLost || isPublished && (isOpen || options.verify)
        }
    }
}
