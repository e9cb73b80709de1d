import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON

/// Removes what newer images and objects of the release took the place of.
///
/// | thing | what becomes of it |
/// |---|---|
/// | replaced image | its claim leaves the results, then it is deregistered |
/// | replaced object | its claim leaves the results, then it is tagged, for whoever reads it now |
/// | tagged object, after 24 hours | a later run or `clean` deletes it |
/// | named by a recorded release, adopted, refused | kept, with the reason |
/// | named by `release.json`, as `release-notes` was skipped or failed | kept until it is not |
///
/// Between a claim and its removal the journal knows the thing, so that a crash loses none.
package struct Retire: Stage {
    /// What was done, and what was not.
    package struct Outputs: Codable, Sendable, Equatable {
        /// By this run.
        package var removed: [ReplacedThing] = []
        /// Objects that wait for their deletion.
        package var retired: [Retired] = []
        package var kept: [Kept] = []
    }

    /// An object that is tagged.
    package struct Retired: Codable, Sendable, Equatable {
        package let thing: ReplacedThing
        /// RFC 3339, UTC.
        package let retiredAt: String
    }

    /// What stays, and why.
    package struct Kept: Codable, Sendable, Equatable {
        package let thing: ReplacedThing
        package let stage: String
        package let reason: String
        /// When its removal was refused, RFC 3339; no result claims it any more.
        ///
        /// Nil where it was not tried.
        package var refusedAt: String?
        /// Whether AWS was asked, and it is not this release's to remove.
        package var isForeign: Bool?
        /// Whether the release's own document names it, so that it stays until that is written
        /// anew.
        package var isDocumented: Bool?
    }

    let manifest: ReleaseManifest
    /// What may still name replaced things has been written before.
    let after: [StageName]
    let services: Services

    static let stageName: StageName = "retire"

    package var name: StageName { Self.stageName }
    package var revision: Int { 1 }
    package var upstream: [StageName] { after }

    private var things: RetiredThings {
        RetiredThings(services: services, assetId: manifest.assetId.text)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let before = try context.previous(Outputs.self) ?? Outputs()
        let results = try await context.results.loadAll()
        let plan = RetirePlan(results, region: manifest.region)
        var outputs = Outputs(retired: before.retired, kept: plan.kept)
        try await deleteRipe(&outputs)
        let refused = before.kept.filter { $0.refusedAt != nil }
        for kept in refused where !Self.isRipe(kept.refusedAt, now: services.time.now()) {
            outputs.kept.append(kept)
        }
        var claims = refused.filter { Self.isRipe($0.refusedAt, now: services.time.now()) }
            .map { RetirePlan.Claim(thing: $0.thing, stage: StageName(rawValue: $0.stage)) }
        let documented = Set(
            try await ReleasedNames.recorded(in: context.results).map(ExactText.init))
        for claim in plan.taken {
            if documented.contains(claim.thing.id) {
                outputs.kept.append(
                    Kept(
                        thing: claim.thing, stage: claim.stage.rawValue,
                        reason: "`\(ReleaseNotes.documentName)` names it", isDocumented: true))
            } else if let reason = try await things.objection(to: claim.thing) {
                outputs.kept.append(
                    Kept(
                        thing: claim.thing, stage: claim.stage.rawValue, reason: reason,
                        isForeign: true))
            } else {
                claims.append(claim)
            }
        }
        try await take(claims, results, &outputs, context)
        return outputs
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }

    package func due(_ results: [StageName: StoredResult]) -> StageDue {
        let plan = RetirePlan(results, region: manifest.region)
        let recorded = results[name]?.record?.lastGood?.outputs
        let before = recorded.flatMap { try? $0.decoded(as: Outputs.self) } ?? Outputs()
        let now = services.time.now()
        // What was looked at and found not to be this release's stays without being asked again;
        // what its document named is asked about when that is written anew.
        let known = Set(
            before.kept.filter { $0.isForeign == true || $0.isDocumented == true }.map(\.thing))
        if let next = plan.taken.first(where: { !known.contains($0.thing) })?.thing {
            return .now("\(next.label) was replaced")
        }
        if let ripe = before.retired.first(where: { Self.isRipe($0.retiredAt, now: now) }) {
            return .now("\(ripe.thing.label) was retired \(Self.graceHours) hours ago")
        }
        if let ripe = before.kept.first(where: { Self.isRipe($0.refusedAt, now: now) }) {
            return .now(
                "the removal of \(ripe.thing.label) was refused \(Self.graceHours) hours ago")
        }
        let waits = !before.retired.isEmpty || before.kept.contains { $0.refusedAt != nil }
        return waits ? .later : .never
    }

    package func effects(_ facts: StageEffects.Facts) -> StageEffects {
        let before =
            facts.run?.outputs.flatMap { try? $0.decoded(as: Outputs.self) } ?? Outputs()
        let ripe = before.retired.filter { Self.isRipe($0.retiredAt, now: services.time.now()) }
        let taken = RetirePlan(facts.results, region: manifest.region).taken.map(\.thing)
        return StageEffects(deletes: (taken + ripe.map(\.thing)).map(\.label))
    }

    /// How long an object stays for whoever reads it, and a refusal is believed.
    static let graceHours = 24

    /// Whether that long has passed since a time that was written down; false for none.
    static func isRipe(_ text: String?, now: Date) -> Bool {
        guard let date = text.flatMap({ Timestamp.date($0) }) else { return false }
        return now.timeIntervalSince(date) >= Double(graceHours) * 3600
    }

    /// Takes the claims out of the results, and only then removes the things.
    private func take(
        _ claims: [RetirePlan.Claim], _ results: [StageName: StoredResult],
        _ outputs: inout Outputs, _ context: StageContext
    ) async throws {
        let left = await context.journal.unfinished().filter { $0.kind != nil }
        var entries = try left.compactMap { entry in
            try RetiredThings.thing(of: Leftover(entry)).map { (entry.entry, $0) }
        }
        for claim in claims where !entries.contains(where: { $0.1 == claim.thing }) {
            let entry = try await context.journal.intend(
                RetiredThings.leftoverKind(of: claim.thing.kind), region: claim.thing.region,
                name: claim.thing.key ?? claim.thing.id,
                details: claim.thing.bucket.map { ["bucket": $0] } ?? [:])
            entries.append((entry, claim.thing))
        }
        let taken = Set(entries.map(\.1))
        for (stage, record) in results.compactMapValues(\.record).sorted(by: {
            $0.key.rawValue < $1.key.rawValue
        }) where stage != name {
            guard
                let rest = record.withoutHistory(where: { run in
                    let made = ReplacedThing.made(by: run, of: stage, region: manifest.region)
                    return !made.isEmpty && taken.isSuperset(of: made)
                })
            else { continue }
            try await context.results.save(rest)
        }
        for (entry, thing) in entries {
            context.progress(nil, "retiring \(thing.label)")
            try await retire(thing, claims.first { $0.thing == thing }?.stage, &outputs)
            try await context.journal.gone(entry)
        }
    }

    private func retire(
        _ thing: ReplacedThing, _ stage: StageName?, _ outputs: inout Outputs
    ) async throws {
        let now = services.time.now()
        do {
            try await things.retire(thing, at: now)
        } catch let problem as Diagnostic where RetiredThings.refusals.contains(problem.code) {
            outputs.kept.append(
                Kept(
                    thing: thing, stage: stage?.rawValue ?? "ami",
                    reason: problem.summary + problem.causes.map { "; \($0)" }.joined(),
                    refusedAt: Timestamp.text(now)))
            return
        }
        switch thing.kind {
        case .image: outputs.removed.append(thing)
        case .object:
            outputs.retired.removeAll { $0.thing == thing }
            outputs.retired.append(Retired(thing: thing, retiredAt: Timestamp.text(now)))
        }
    }

    /// Deletes the objects that nobody reads any more.
    private func deleteRipe(_ outputs: inout Outputs) async throws {
        for retired in outputs.retired
        where Self.isRipe(retired.retiredAt, now: services.time.now()) {
            if let reason = try await things.delete(retired.thing) {
                outputs.kept.append(
                    Kept(thing: retired.thing, stage: name.rawValue, reason: reason))
            } else {
                outputs.removed.append(retired.thing)
            }
            outputs.retired.removeAll { $0 == retired }
        }
    }
}
