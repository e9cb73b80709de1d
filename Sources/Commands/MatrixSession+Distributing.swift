import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import JSON
import Sandbox

extension MatrixSession {
    /// Brings the releases up to date by builds on CodeBuild, and collects what they made.
    ///
    /// - Throws: `distribute.*`, `codebuild.*`.
    func distribute(_ request: DistributeCommand.Request) async throws -> ExitStatus {
        let place = try DistributionPlace(matrix.manifest)
        return try await Interruptible(saysInterrupted: false).run(output) {
            if !request.isDryRun {
                try await ClonedFiles(
                    root: matrix.manifest.base.project.path,
                    processes: services.workstation.processes
                ).check(place.files)
            }
            guard let (project, batch) = try await prepared(request) else {
                return .interrupted
            }
            guard let batch else { return try await collectNow() }
            let buildspec = batch.buildspec(
                manifest: place.manifest, results: place.results, buildspec: request.buildspec,
                options: request.replacesPublished ? ["--replace-published"] : []
            ).prettyText
            if let path = request.output {
                try AtomicFile.write(Array(buildspec.utf8), to: path)
            }
            if request.isDryRun {
                call.console.printLine(buildspec)
                return .fresh
            }
            return try await build(batch, buildspec, request, project)
        }
    }

    /// The project, and the batch that is to be started there (nil where nothing is stale); nil
    /// where that was interrupted.
    private func prepared(
        _ request: DistributeCommand.Request
    ) async throws -> (BuildProject, BatchPlan?)? {
        do {
            try await services.realms?.ask()
            let region = matrix.manifest.base.region
            let project = try await BuildProject.find(
                stack: request.build.stackName, region: region, services: services)
            let builds = min(request.builds ?? .max, try project.requireBatches())
            let output = output
            let warn: @Sendable (String) -> Void = { output.say("warning: \($0)") }
            let atOnce = try await project.mostAtOnce(
                region: region, services: services, warn: warn)
            guard
                let batch = try await matrix.batch(
                    variants, builds: builds, atOnce: atOnce ?? .max,
                    replacesPublished: request.replacesPublished || request.isDryRun,
                    activeExports: { [services] in
                        try await ExportLoad.active(region: $0, services: services, warn: warn)
                    })
            else { return (project, nil) }
            batch.exportNotes.forEach(warn)
            if !request.isDryRun {
                try await project.requireNeeds(region: region, services: services, warn: warn)
            }
            return (project, batch)
        } catch  where Task.isCancelled {
            call.console.writeError("interrupted: no batch was started\n")
            return nil
        }
    }

    private func build(
        _ batch: BatchPlan, _ buildspec: String, _ request: DistributeCommand.Request,
        _ project: BuildProject
    ) async throws -> ExitStatus {
        let (output, isJSON, time) = (output, options.json, services.time)
        let builds = BatchBuild(services: services, region: matrix.manifest.base.region) { note in
            RemoteWork.show(note, output, isJSON: isJSON, at: time.now())
        }
        let work = RemoteWork(
            kind: "batch", output: output, isJSON: isJSON,
            start: { project in
                try await builds.start(
                    buildspec, branch: request.branch, of: project,
                    releasesInABuild: batch.releasesInABuild * batch.exportRounds)
            },
            follow: { try await builds.follow($0, batch, of: $1) },
            stop: { try await builds.stop($0) })
        do {
            let status = try await work.run(request.build) { project }
            guard status == .fresh, !request.build.noWait else { return status }
            return try await collectNow()
        } catch let problem as Diagnostic where problem.code.hasPrefix("codebuild.batch-") {
            output.receive(RunEvent(time: time.now(), stage: nil, kind: .error(problem)))
            // What the good builds made is worth a summary too.
            _ = try await collectNow()
            return .failed
        }
    }
}
