import AWS
package import Diagnostics
import FoundationEssentials
import Glibc

/// Starts a build that makes a release, follows it, and stops it.
package struct ReleaseBuild: Sendable {
    /// What a build is started with.
    package struct Request: Sendable, Equatable {
        /// Nil for the project's own.
        package var branch: String?
        /// Nil for the one in the branch's manifest.
        package var assetId: String?
        package var releaseId: Int64

        /// Makes a request; see the properties.
        package init(branch: String?, assetId: String?, releaseId: Int64) {
            self.branch = branch
            self.assetId = assetId
            self.releaseId = releaseId
        }

        /// In place of the project's variables of the same names.
        var variables: [StartBuild.Variable] {
            var variables = [
                StartBuild.Variable(
                    name: ReleaseManifest.Release.idVariable, value: String(releaseId))
            ]
            if let assetId { variables.append(.init(name: "ASSET_ID", value: assetId)) }
            return variables
        }
    }

    let services: Services
    private let region: String
    let onNote: @Sendable (BuildNote) -> Void

    /// More pages than this at one look are left for the next.
    private static let pageLimit = 100
    private static let looks = (first: 1.0, shortest: 2.0, longest: 10.0)
    /// How long the last lines may take after a build's end.
    private static let lastLinesSeconds = 2.0

    /// - Parameter onNote: gets what is to be said, in order.
    package init(
        services: Services, region: String, onNote: @escaping @Sendable (BuildNote) -> Void
    ) {
        self.services = services
        self.region = region
        self.onNote = onNote
    }

    /// Starts one build, however often the answer is lost.
    ///
    /// - Returns: its id.
    package func start(_ request: Request, of project: BuildProject) async throws -> String {
        let call = StartBuild(
            projectName: project.name, sourceVersion: request.branch,
            environmentVariablesOverride: request.variables,
            idempotencyToken: UUID().uuidString.lowercased())
        let list = "aws codebuild list-builds-for-project --project-name \(project.name)"
        let id = try await StartOnce.run(shownBy: list) {
            try await services.aws.call(call, region: region).id
        }
        onNote(.started(id: id))
        return id
    }

    /// Says what happens in a build until its end.
    ///
    /// - Returns: the error of a build that ended badly: `codebuild.failed`, `codebuild.fault`,
    ///   `codebuild.stopped`, `codebuild.timed-out`.
    /// - Throws: `codebuild.wait-timeout`, `codebuild.no-build`; what the calls throw.
    package func follow(_ id: String, of project: BuildProject) async throws -> Diagnostic? {
        var progress = BuildProgress()
        var readsLog = true
        let build = try await BuildWait.wait(
            "build `\(id)`",
            schedule: WaiterSchedule(
                firstDelaySeconds: Self.looks.first, minimumDelaySeconds: Self.looks.shortest,
                deadlineSeconds: project.longestSeconds,
                maximumDelaySeconds: Self.looks.longest),
            time: services.time
        ) {
            let build = try await look(id)
            progress.notes(build).forEach(onNote)
            if readsLog { readsLog = try await readLog(build, &progress) }
            return build.isComplete
                ? .done(build) : .pending(percent: nil, message: build.currentPhase ?? "")
        }
        if readsLog {
            try await services.time.sleep(seconds: Self.lastLinesSeconds)
            _ = try await readLog(build, &progress)
        }
        return BuildProgress.problem(build)
    }

    /// Stops a build.
    package func stop(_ id: String) async throws {
        _ = try await services.aws.call(StopBuild(id: id), region: region)
    }

    private func look(_ id: String) async throws -> CodeBuildBuild {
        let found = try await services.aws.call(BatchGetBuilds(ids: [id]), region: region)
        guard let build = found.first else {
            throw Diagnostic(
                code: "codebuild.no-build", summary: "there is no build `\(id)` any more",
                hint: "somebody has deleted it: start another one")
        }
        return build
    }

    /// Says the lines that are new.
    ///
    /// - Returns: whether the log may be read.
    private func readLog(
        _ build: CodeBuildBuild, _ progress: inout BuildProgress
    ) async throws -> Bool {
        guard let group = build.logs?.groupName, let stream = build.logs?.streamName else {
            return true
        }
        do {
            for _ in 0..<Self.pageLimit {
                let page = try await services.aws.call(
                    GetLogEvents(
                        logGroupName: group, logStreamName: stream, nextToken: progress.logToken),
                    region: region)
                let (notes, isLast) = progress.notes(page)
                notes.forEach(onNote)
                if isLast { break }
            }
        } catch let problem as Diagnostic where problem.code == "aws.ResourceNotFoundException" {
            // Nothing has been written yet.
        } catch let problem as Diagnostic where problem.code == "aws.AccessDeniedException" {
            onNote(
                .warning(
                    "the log cannot be read, the build goes on: "
                        + (problem.causes.first ?? problem.summary)))
            return false
        }
        return true
    }
}
