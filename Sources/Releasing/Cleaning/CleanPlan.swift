package import BuildGraph
package import FoundationEssentials
import Glibc

/// What `clean` removes and what it leaves, with the reasons: a pure function of what was found.
package struct CleanPlan: Sendable, Equatable {
    /// One thing, and why it goes or stays.
    package struct Item: Sendable, Equatable {
        package let asset: Asset
        package let reason: String
        /// The journal's entry of it.
        package var entry: JournalEntry?
    }

    /// What the plan goes by.
    package struct Policy: Sendable {
        /// Whether artifacts go too.
        package let includesArtifacts: Bool
        /// How old must be what only its tag names.
        package let olderThan: AgeLimit
        /// Runs of these results, none of which goes on.
        package let endedRuns: Set<String>
        /// A run of these results that goes on; nil where none does.
        package let runningRun: String?
        package let now: Date

        /// Makes one; see the properties.
        package init(
            includesArtifacts: Bool, olderThan: AgeLimit, endedRuns: Set<String>,
            runningRun: String? = nil, now: Date
        ) {
            self.includesArtifacts = includesArtifacts
            self.olderThan = olderThan
            self.endedRuns = endedRuns
            self.runningRun = runningRun
            self.now = now
        }
    }

    /// In the order of removal.
    package let removed: [Item]
    package let kept: [Item]

    /// Decides.
    ///
    /// - Parameters:
    ///   - assets: everything that was found, with its role.
    ///   - entries: what the journal has unfinished, the oldest first.
    package init(assets: [Asset], entries: [JournalEntry], policy: Policy) {
        var removed: [Item] = []
        var kept: [Item] = []
        var open = entries
        let ages = RunAges(assets, now: policy.now)
        for asset in assets where asset.role != .ended {
            let place = open.firstIndex { asset.isNamed(by: $0) }
            switch Self.verdict(asset, isInJournal: place != nil, ages, policy) {
            case .remove(let reason):
                // The entry of an upload also names the object that the upload became.
                let isOwn = place.map { open[$0].assetKind == asset.kind }
                let entry = isOwn == true ? place.map { open.remove(at: $0) } : nil
                let isHeld = entry?.isHeld(at: policy.now) == true
                removed.append(
                    Item(asset: asset, reason: isHeld ? Self.byHold : reason, entry: entry))
            case .keep(let reason): kept.append(Item(asset: asset, reason: reason))
            }
        }
        // What was not found may still be there under another name, and has to be ended anyway.
        removed += open.map { Item(asset: Asset($0), reason: Self.byJournal, entry: $0) }
        // An image takes its snapshots along, and one that stays keeps them.
        // One that was registered for an export shares its snapshots, and only holds them.
        let goes = Self.snapshots(
            of: removed.filter {
                ($0.entry != nil || $0.asset.role == .superseded) && $0.asset.exportOf == nil
            })
        removed += kept.filter { goes.contains($0.asset.place) && $0.asset.holder == nil }.map {
            Item(asset: $0.asset, reason: "of an AMI that goes")
        }
        kept.removeAll { goes.contains($0.asset.place) && $0.asset.holder == nil }
        let stays = Self.snapshots(of: kept)
        kept += removed.filter { stays.contains($0.asset.place) }.map {
            Item(asset: $0.asset, reason: "an AMI that stays uses it")
        }
        self.removed = removed.filter { !stays.contains($0.asset.place) }.sorted(by: Self.isBefore)
        self.kept = kept.sorted(by: Self.isBefore)
    }

    private enum Verdict {
        case remove(String)
        case keep(String)
    }

    private static let byJournal = "unfinished in the journal"
    private static let byHold = "kept after a failure"

    private static func verdict(
        _ asset: Asset, isInJournal: Bool, _ ages: RunAges, _ policy: Policy
    ) -> Verdict {
        if let holder = asset.holder { return .keep("`\(holder)` uses it") }
        if let run = asset.runId, run == policy.runningRun {
            return .keep("of run \(run.prefix(8)), which goes on")
        }
        if isInJournal { return .remove(byJournal) }
        if asset.proof == .key {
            return .keep("uploads have no tag, and the journal does not name it")
        }
        if asset.role == .superseded {
            return .remove(
                asset.retiredAt == nil
                    ? "nothing asks for it any more"
                    : "replaced more than \(Retire.graceHours) hours ago")
        }
        if asset.role == .artifact && !policy.includesArtifacts {
            return .keep("an artifact (`--all` removes it)")
        }
        if let run = asset.runId, policy.endedRuns.contains(run) {
            return .remove("of run \(run.prefix(8)), which is over")
        }
        guard policy.olderThan.seconds > 0 else { return .remove("by its tag") }
        guard let age = ages.seconds(of: asset) else {
            return .keep("only its tag names it, and its age is not known (`--older-than 0`)")
        }
        return age >= policy.olderThan.seconds
            ? .remove("older than \(policy.olderThan)")
            : .keep("only its tag names it, and it is younger than \(policy.olderThan)")
    }

    /// The snapshots that the AMIs among these hold.
    private static func snapshots(of items: [Item]) -> Set<String> {
        Set(
            items.filter { $0.asset.kind == .ami }.flatMap(\.asset.snapshotPlaces))
    }

    /// By kind; within one the newest first, since what came later holds on to what was before.
    private static func isBefore(_ left: Item, _ right: Item) -> Bool {
        let (a, b) = (left.asset, right.asset)
        if a.kind != b.kind { return a.kind.rank < b.kind.rank }
        let times = (a.createdAt ?? .distantPast, b.createdAt ?? .distantPast)
        return times.0 == times.1 ? (a.region, a.id) < (b.region, b.id) : times.0 > times.1
    }
}

extension Asset {
    /// Kind, region and id: what no two things share.
    var place: String { "\(kind.rawValue) \(region)/\(id)" }

    /// The `place` of each of an AMI's snapshots.
    var snapshotPlaces: [String] {
        snapshotIds.map { "\(AssetKind.snapshot.rawValue) \(region)/\($0)" }
    }
}

/// How old things are; one without a time is as old as the youngest thing of its run.
struct RunAges {
    private var youngest: [String: Date] = [:]
    private let now: Date

    init(_ assets: [Asset], now: Date) {
        self.now = now
        for asset in assets {
            guard let run = asset.runId, let time = asset.createdAt else { continue }
            youngest[run] = max(youngest[run] ?? time, time)
        }
    }

    /// Nil where nothing tells.
    func seconds(of asset: Asset) -> Double? {
        let time = asset.createdAt ?? asset.runId.flatMap { youngest[$0] }
        return time.map { now.timeIntervalSince($0) }
    }
}
