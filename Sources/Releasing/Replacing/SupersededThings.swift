package import BuildGraph
import Diagnostics
package import FoundationEssentials
import JSON

/// What of a release nobody asks for any more, and nothing published names: a pure function of
/// its results.
///
/// | thing | goes |
/// |---|---|
/// | image that a newer one replaced, once `release.json` names it no more | at once |
/// | object of a format that left the manifest, likewise | at once |
/// | object of a format that only a command line asked for | never: no manifest ceased to ask |
/// | object that was replaced | 24 hours after `retire` has tagged it |
package struct SupersededThings: Sendable, Equatable {
    /// Ids of images and `s3://` addresses.
    private var gone: Set<ExactText> = []
    /// What is current, or published.
    private var held: Set<ExactText> = []

    /// Decides.
    ///
    /// - Parameters:
    ///   - graph: what the manifest asks for.
    ///   - documented: what the release's own documents name.
    package init(
        _ results: [StageName: StoredResult], graph: StageGraph, manifest: ReleaseManifest,
        documented: [String] = []
    ) {
        let published = PublishedThings(results)
        held = Set(documented.map(ExactText.init))
        var old: [ReplacedThing] = []
        for (stage, record) in results.compactMapValues(\.record) {
            let isAsked = !Self.isSuperseded(stage, graph, manifest)
            for run in record.everyGood {
                for thing in ReplacedThing.made(by: run, of: stage, region: manifest.region) {
                    if run.isForeign || Self.isRequested(run)
                        || published.publication(of: thing.id, madeAt: run.finishedAt) != nil
                    {
                        held.insert(ExactText(thing.id))
                    } else if !isAsked {
                        old.append(thing)
                    }
                }
            }
            if isAsked, let run = record.lastGood {
                let made = ReplacedThing.made(by: run, of: stage, region: manifest.region)
                held.formUnion(made.map { ExactText($0.id) })
            }
        }
        // A replaced object may have a reader, whom `retire` gives a day.
        let replaced = RetirePlan(results, region: manifest.region).taken.map(\.thing)
        gone = Set((old + replaced.filter { $0.kind == .image }).map { ExactText($0.id) })
            .subtracting(held)
    }

    /// Gives what is among them its role.
    package func classified(_ assets: [Asset], now: Date) -> [Asset] {
        assets.map { asset in
            guard asset.role == .artifact, asset.proof == .tag, !held.contains(asset.id) else {
                return asset
            }
            var judged = asset
            if gone.contains(asset.id) || isRipe(asset, now) { judged.role = .superseded }
            return judged
        }
    }

    private func isRipe(_ asset: Asset, _ now: Date) -> Bool {
        guard let parts = asset.key?.split(separator: "/", omittingEmptySubsequences: false),
            parts.count >= 2, parts[parts.count - 2] == asset.assetId
        else { return false }
        return Retire.isRipe(asset.retiredAt, now: now)
    }

    /// The formats that are recorded and that the manifest does not ask for any more.
    package static func formats(
        in results: [StageName: StoredResult], graph: StageGraph, manifest: ReleaseManifest
    ) -> [StageName] {
        results.filter { stage, stored in
            guard let run = stored.record?.lastGood, run.outputs != nil else { return false }
            return isSuperseded(stage, graph, manifest) && !isRequested(run)
        }.map(\.key).sorted { $0.rawValue < $1.rawValue }
    }

    /// Whether the command line alone asked for what a run made: no manifest ever did, so that
    /// none has ceased to.
    private static func isRequested(_ run: RecordedRun) -> Bool {
        run.outputs?["requested"] == .bool(true)
    }

    private static func isSuperseded(
        _ stage: StageName, _ graph: StageGraph, _ manifest: ReleaseManifest
    ) -> Bool {
        guard manifest.export != nil, graph[stage] == nil else { return false }
        return ImageFormat.allCases.contains { stage.rawValue == "export-\($0.fileExtension)" }
    }
}
