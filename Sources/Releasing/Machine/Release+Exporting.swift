package import BuildGraph
import Diagnostics
import JSON

/// `export-vm`: the exports of an image that is there, which becomes the release's own.
///
/// | step | what holds after it |
/// |---|---|
/// | consent | nothing published is replaced, or it may be |
/// | image | the machine's results name an image of it |
/// | take | it is the release's image |
/// | hand over | the machine's results claim nothing that the release answers for |
/// | exports | the formats that are asked for are there |
extension Release {
    /// What is exported.
    package enum ExportSource: Sendable {
        /// An AMI of this account.
        case image(String)
        /// A machine, at the workplace that makes images of it.
        case machine(Workplace)
    }

    /// Exports it; a run that was interrupted is gone on with.
    ///
    /// - Parameters:
    ///   - options: of every run of it; what is selected is decided here.
    ///   - say: told what is no event.
    /// - Returns: the last run's end, or that of the first one that failed.
    /// - Throws: `publish.protected`, `ami.not-recorded`, `realm.differs`; as `Workplace.run` and
    ///   `Workplace.adopt`.
    package func export(
        _ source: ExportSource, _ options: RunOptions, say: @Sendable (String) -> Void
    ) async throws -> RunSummary {
        let exports = try Selection(only: ["export"], force: [], skip: [], in: place.graph)
        switch source {
        case .image(let id):
            try await requireConsent(toImage: id, exports, options)
            if let failed = try await take(id, isOwn: false, options, say) { return failed }
        case .machine(let machine):
            if let failed = try await makeImage(at: machine, exports, options) { return failed }
            let id = try await Self.recordedImage(in: machine.store)
            if let failed = try await take(id, isOwn: true, options, say) { return failed }
            try await MachineClaims.handOver(
                from: machine.store, to: place.store, lock: place.lock,
                waitSeconds: options.waitLockSeconds, region: manifest.region, services: services)
        }
        return try await place.run(options.selecting(exports))
    }

    /// Makes an image of the machine, or takes the one whose exports were interrupted.
    ///
    /// - Returns: nil where that went well.
    private func makeImage(
        at machine: Workplace, _ exports: Selection, _ options: RunOptions
    ) async throws -> RunSummary? {
        let made = try await machine.store.load("ami")
        let takesNew = ImageReuse.takesNew(
            exports: try await place.plan(exports, verify: false).plan, ofMachine: made,
            ofRelease: try await place.store.load("ami"))
        // What is not taken again is made anew, also where nothing was made yet.
        try await requireConsent(
            toImage: takesNew ? nil : ImageReuse.imageId(made), exports, options)
        var run = options.selecting(
            Selection(only: ["ami"], force: takesNew ? ["ami"] : [], refresh: true))
        run.verify = true
        return try await machine.run(run).unlessSucceeded
    }

    private static func recordedImage(in store: any ResultStore) async throws -> String {
        guard let id = ImageReuse.imageId(try await store.load("ami")) else {
            throw Diagnostic(
                code: "ami.not-recorded", summary: "stage `ami` has recorded no image",
                hint: "run the same command again")
        }
        return id
    }

    /// Makes sure that nothing published is replaced by another image and its exports.
    ///
    /// - Parameters:
    ///   - imageId: the image that is to be exported; nil for one that is still to be made.
    ///   - exports: what of it is asked for.
    private func requireConsent(
        toImage imageId: String?, _ exports: Selection, _ options: RunOptions
    ) async throws {
        if options.hasConsent { return }
        let recorded = ImageReuse.imageId(try await place.store.load("ami"))
        guard imageId == nil || recorded != imageId else { return }
        let all = Selection(only: (exports.only ?? []).union(["ami"]), force: ["ami"])
        try Protection.check(try await place.plan(all, verify: false).plan, adopting: imageId)
    }

    /// Records an image as the release's own, where it is not that already.
    ///
    /// - Parameter isOwn: whether it was made for this very asset.
    /// - Returns: nil where that went well.
    private func take(
        _ imageId: String, isOwn: Bool, _ options: RunOptions, _ say: @Sendable (String) -> Void
    ) async throws -> RunSummary? {
        let source = Selection(only: ["source-ami"])
        if try await !place.plan(source, verify: false).plan.isFresh,
            let failed = try await place.run(options.selecting(source)).unlessSucceeded
        {
            return failed
        }
        let image = try await place.plan(Selection(only: ["ami"]), verify: false).plan["ami"]
        if image?.state == .fresh, image?.outputs?["imageId"]?.stringValue == imageId {
            return nil
        }
        _ = try await place.adopt(
            id: imageId, as: "ami", isOwn: isOwn, replacesPublished: options.replacesPublished,
            waitLockSeconds: options.waitLockSeconds)
        say("image \(imageId) is now the one of asset id \(place.store.assetId)")
        return nil
    }
}
