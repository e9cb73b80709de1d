import AWS
package import Diagnostics
import FoundationEssentials
import Glibc

/// Starts a batch of builds, follows it, and stops it.
package struct BatchBuild: Sendable {
    private let services: Services
    private let region: String
    private let onNote: @Sendable (BuildNote) -> Void

    private static let looks = (first: 2.0, shortest: 5.0, longest: 20.0)
    /// The last lines of a build that failed.
    private static let tailLines = 20

    /// - Parameter onNote: gets what is to be said, in order.
    package init(
        services: Services, region: String, onNote: @escaping @Sendable (BuildNote) -> Void
    ) {
        self.services = services
        self.region = region
        self.onNote = onNote
    }

    /// Starts one batch, however often the answer is lost.
    ///
    /// - Parameter branch: nil for the project's own.
    /// - Returns: its id.
    package func start(
        _ batch: Distribution.Batch, branch: String?
    ) async throws -> String {
        let project = batch.project
        // Each release may take as long as the project says of a build.
        let minutes = project.timeoutMinutes(
            ofReleases: batch.plan.releasesInABuild * batch.plan.exportRounds)
        let call = StartBuildBatch(
            projectName: project.name, sourceVersion: branch, buildspecOverride: batch.buildspec,
            buildTimeoutInMinutesOverride: minutes == project.timeoutMinutes ? nil : minutes,
            idempotencyToken: UUID().uuidString.lowercased())
        let list = "aws codebuild list-build-batches-for-project --project-name \(project.name)"
        let id = try await StartOnce.run(shownBy: list) {
            try await services.aws.call(call, region: region).id
        }
        onNote(.batchStarted(id: id))
        return id
    }

    /// Says what happens in a batch until its end.
    ///
    /// - Returns: the error of a batch that ended badly, whose good builds have recorded all the
    ///   same; nil of one that succeeded.
    /// - Throws: `codebuild.wait-timeout`, `codebuild.no-batch`; what the calls throw.
    package func follow(_ id: String, _ order: Distribution.Batch) async throws -> Diagnostic? {
        let (plan, project) = (order.plan, order.project)
        var progress = BatchProgress()
        let batch = try await BuildWait.wait(
            "batch `\(id)`",
            schedule: WaiterSchedule(
                firstDelaySeconds: Self.looks.first, minimumDelaySeconds: Self.looks.shortest,
                deadlineSeconds: project.longestBatchSeconds,
                maximumDelaySeconds: Self.looks.longest),
            time: services.time
        ) {
            let batch = try await look(id)
            for change in progress.changes(batch) { try await say(change, plan) }
            return batch.isComplete
                ? .done(batch) : .pending(percent: nil, message: batch.currentPhase ?? "")
        }
        return BatchProgress.problem(batch)
    }

    /// Stops a batch with its builds.
    package func stop(_ id: String) async throws {
        _ = try await services.aws.call(StopBuildBatch(id: id), region: region)
    }

    private func look(_ id: String) async throws -> CodeBuildBatch {
        let found = try await services.aws.call(BatchGetBuildBatches(ids: [id]), region: region)
        guard let batch = found.first else {
            throw Diagnostic(
                code: "codebuild.no-batch", summary: "there is no batch `\(id)` any more",
                hint: "somebody has deleted it: start another one")
        }
        return batch
    }

    private func say(_ change: BatchProgress.Change, _ plan: BatchPlan) async throws {
        let task = plan.tasks.first { $0.identifier == change.identifier }
        onNote(
            .member(
                change.identifier, status: change.status, id: change.buildId, work: task?.text))
        guard BatchProgress.badEnds.contains(change.status), let id = change.buildId else { return }
        do {
            try await sayWhy(id)
        } catch let problem as Diagnostic where problem.severity != .interrupted {
            onNote(.warning("why build `\(id)` ended so cannot be read: \(problem.summary)"))
        }
    }

    /// Why a build failed, and the last lines of its log.
    private func sayWhy(_ id: String) async throws {
        let found = try await services.aws.call(BatchGetBuilds(ids: [id]), region: region)
        guard let build = found.first else { return }
        if let group = build.logs?.groupName, let stream = build.logs?.streamName {
            let page = try await services.aws.call(
                GetLogEvents(
                    logGroupName: group, logStreamName: stream, startFromHead: false),
                region: region)
            var progress = BuildProgress()
            progress.notes(page).notes.suffix(Self.tailLines).forEach(onNote)
        }
        if let problem = BuildProgress.problem(build) {
            onNote(.warning(([problem.summary] + problem.causes).joined(separator: ": ")))
            if let hint = problem.hint { onNote(.warning(hint)) }
        }
    }
}
