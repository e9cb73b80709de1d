import BuildGraph
import Diagnostics
import JSON
import Sandbox

extension Session {
    /// Runs what is stale, heeding signals, as every command does that runs something.
    ///
    /// - Parameter isAnswered: asked at each signal; true where somebody waited for it.
    func runToEnd(
        _ options: RunOptions, isAnswered: @escaping @Sendable () -> Bool = { false }
    ) async throws -> ExitStatus {
        try await Interruptible(isAnswered: isAnswered).run(output) { try await run(options) }
    }

    /// Does something with one machine that is there already.
    static func run(
        _ task: MachineTask, _ preset: PresetOptions, settings: [String],
        _ running: RunningOptions, _ global: GlobalOptions, _ call: Invocation
    ) async throws -> ExitStatus {
        var pipeline = PipelineOptions()
        pipeline.machineTask = task
        let session = try preset.session(global, call, settings: settings, pipeline: pipeline)
            .session
        return try await session.runToEnd(
            running.options(session, ReleaseSelections.again(task.goal, refresh: false)))
    }

    /// Makes sure that nothing published is replaced by another image and its exports.
    ///
    /// - Parameters:
    ///   - imageId: the image that is to be exported; nil for one that is still to be made.
    ///   - exports: what of it is asked for.
    /// - Throws: `publish.protected`; `realm.differs`.
    func requireConsent(
        toImage imageId: String?, _ exports: Selection, _ running: RunningOptions
    ) async throws {
        if running.replacePublished { return }
        let recorded = ImageReuse.imageId(try await store.load("ami"))
        guard recorded != nil, recorded != imageId else { return }
        let all = Selection(only: (exports.only ?? []).union(["ami"]), force: ["ami"])
        try Protection.check(try await plan(all, verify: false).plan)
    }

    /// Records an image as the release's own, where it is not that already.
    ///
    /// - Parameter isOwn: whether it was made for this very asset.
    func take(
        _ imageId: String, isOwn: Bool, _ running: RunningOptions
    ) async throws -> ExitStatus {
        let source = Selection(only: ["source-ami"])
        if try await !plan(source, verify: false).plan.isFresh {
            let status = try await runToEnd(running.options(self, source))
            guard status == .fresh else { return status }
        }
        let image = try await plan(Selection(only: ["ami"]), verify: false).plan.stages
            .first { $0.name == "ami" }
        if image?.state == .fresh, image?.outputs?["imageId"]?.stringValue == imageId {
            return .fresh
        }
        _ = try await workplace.adopt(
            id: imageId, as: "ami", isOwn: isOwn, replacesPublished: running.replacePublished)
        output.say("image \(imageId) is now the one of asset id \(store.assetId)")
        return .fresh
    }
}
