import BuildGraph
import Diagnostics
import Releasing

/// A session of the commands that look for an asset's things.
struct AssetsSession: Sendable {
    let session: Session
    let release: Release
    /// `--region all`: every region of the account.
    let isEverywhere: Bool

    /// - Parameter takesGlob: whether `--asset-id` may be a glob, which is no id of a manifest.
    init(
        _ path: String, _ changes: ManifestChanges, _ global: GlobalOptions, _ call: Invocation,
        takesGlob: Bool
    ) throws {
        var (changes, global) = (changes, global)
        isEverywhere = global.region == "all"
        if isEverywhere { global.region = nil }
        let isGlob = changes.assetId?.contains { "*?".contains($0) } == true
        if takesGlob && isGlob { changes.assetId = nil }
        let manifest = try Manifest.release(
            contentsOf: path, changedBy: changes.overrides(global, call)
        ).release
        let opened = try ReleaseSession(manifest, changes, global, call)
        (session, release) = (opened.session, opened.release)
    }

    /// Removes what is left, heeding signals.
    ///
    /// - Parameter asks: on the terminal, before anything is removed.
    func clean(_ options: Cleaning.Options, asks: Bool) async throws -> ExitStatus {
        try await Interruptible().run(session.output) { try await cleanUp(options, asks: asks) }
    }

    private func cleanUp(_ options: Cleaning.Options, asks: Bool) async throws -> ExitStatus {
        let summary = try await release.cleaning.run(options) { plan in
            show(plan, isData: false)
            return !asks
                ? true
                : await RemovalQuestion.ask(
                    count: plan.removed.count, session.output.console)
        }
        if options.isDryRun {
            show(summary.plan, isData: true)
        } else if summary.plan.removed.isEmpty {
            show(summary.plan, isData: false)
        } else if !summary.isConfirmed {
            session.output.say("nothing was removed")
            return .failed
        } else {
            session.output.say("removed \(summary.removed) of \(summary.plan.removed.count)")
        }
        return summary.problems.isEmpty ? .fresh : .failed
    }

    /// Shows what goes and what stays.
    ///
    /// - Parameter isData: whether that is what the command was asked for.
    private func show(_ plan: CleanPlan, isData: Bool) {
        if session.options.json {
            AssetEvents(console: session.output.console, time: session.call.time).show(plan)
            return
        }
        let text = CleanPlanText.text(plan)
        if isData { session.output.console.printLine(text) } else { session.output.say(text) }
    }
}
