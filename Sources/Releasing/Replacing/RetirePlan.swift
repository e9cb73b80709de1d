import BuildGraph
import Diagnostics
import JSON

/// What of the replaced things may go, and why the others stay; a pure function of the results.
struct RetirePlan: Sendable, Equatable {
    /// One replaced thing and who recorded it.
    struct Claim: Sendable, Equatable {
        let thing: ReplacedThing
        let stage: StageName
    }

    /// In the order of stages.
    private(set) var taken: [Claim] = []
    private(set) var kept: [Retire.Kept] = []

    /// Decides.
    ///
    /// - Parameter region: of the release, where a result does not say its own.
    init(_ results: [StageName: StoredResult], region: String) {
        let records = results.compactMapValues(\.record)
        let named = ReleasedNames(results)
        // Whatever anybody records as current stays, however it came to be listed.
        let current = Set(
            records.flatMap { stage, record in
                record.lastGood.map { ReplacedThing.made(by: $0, of: stage, region: region) } ?? []
            })
        var seen = current
        for (stage, record) in records.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for run in record.replaced + record.history {
                for thing in ReplacedThing.made(by: run, of: stage, region: region)
                where seen.insert(thing).inserted {
                    if run.isForeign {
                        keep(thing, stage, "it was adopted, and is not this release's to remove")
                    } else if let holder = named.holder(of: thing.id, madeAt: run.finishedAt) {
                        keep(thing, stage, "\(holder) names it")
                    } else {
                        taken.append(Claim(thing: thing, stage: stage))
                    }
                }
            }
        }
    }

    private mutating func keep(_ thing: ReplacedThing, _ stage: StageName, _ reason: String) {
        kept.append(Retire.Kept(thing: thing, stage: stage.rawValue, reason: reason))
    }
}
