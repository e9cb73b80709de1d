import BuildGraph
import Diagnostics
import Foundation
import JSON
import Sandbox

extension MatrixSession {
    /// Brings the releases up to date by builds on CodeBuild, and collects what they made.
    ///
    /// - Throws: `distribute.*`, `codebuild.*`; `Exit` with the status of anything but success.
    func distribute(_ request: DistributeCommand.Request) async throws {
        let place = try DistributionPlace(matrix.manifest)
        let status = await Interruptible().run {
            let project = try await BuildProject.find(
                stack: request.build.stackName, region: matrix.manifest.base.region,
                services: services)
            let builds = min(request.builds ?? .max, try project.requireBatches())
            guard let batch = try await matrix.batch(variants, builds: builds) else {
                return try await collectAfter(ExitStatus.fresh)
            }
            let buildspec = batch.buildspec(
                manifest: place.manifest, results: place.results, buildspec: request.buildspec
            ).prettyText
            if let path = request.output {
                try AtomicFile.write(Array(buildspec.utf8), to: path)
            }
            if request.isDryRun {
                StandardStreams.printLine(buildspec)
                return ExitStatus.fresh
            }
            return try await build(batch, buildspec, request, project)
        }
        output.finish()
        let end = try status.get()
        if end != ExitStatus.fresh { throw Exit(status: end) }
    }

    private func build(
        _ batch: BatchPlan, _ buildspec: String, _ request: DistributeCommand.Request,
        _ project: BuildProject
    ) async throws -> Int32 {
        let (output, isJSON, time) = (output, options.json, services.time)
        let builds = BatchBuild(services: services, region: matrix.manifest.base.region) { note in
            RemoteWork.show(note, output, isJSON: isJSON, at: time.now())
        }
        let work = RemoteWork(
            kind: "batch", output: output, isJSON: isJSON,
            start: { try await builds.start(buildspec, branch: request.branch, of: $0) },
            follow: { try await builds.follow($0, batch, of: $1) },
            stop: { try await builds.stop($0) })
        do {
            let status = try await work.run(request.build) { project }
            let isEnded = status == ExitStatus.fresh && !request.build.noWait
            return isEnded ? try await collectAfter(status) : status
        } catch let problem as Diagnostic where problem.code.hasPrefix("codebuild.batch-") {
            // What the good builds made is worth a summary too.
            output.say(problem.description)
            return try await collectAfter(ExitStatus.failed)
        }
    }

    private func collectAfter(_ status: Int32) async throws -> Int32 {
        let collected = try await collectNow()
        return status == ExitStatus.fresh ? collected : status
    }
}

/// Where the builds of a batch find the manifest, and where they record.
private struct DistributionPlace {
    /// Relative to the repository's root.
    let manifest: String
    let results: String

    /// - Throws: `distribute.results`, `distribute.outside`.
    init(_ matrix: MatrixManifest) throws {
        results = matrix.base.results
        guard results.hasPrefix("s3://") else {
            throw Diagnostic(
                code: "distribute.results", severity: .configuration,
                summary: "builds on several machines cannot record in the folder `\(results)`",
                location: matrix.path, hint: "name a place in S3: `--results s3://bucket/prefix`")
        }
        let root = matrix.base.project.path + "/"
        let path = URL(fileURLWithPath: matrix.path).standardizedFileURL.path
        guard path.hasPrefix(root) else {
            throw Diagnostic(
                code: "distribute.outside", severity: .configuration,
                summary:
                    "the matrix is not in the project `\(matrix.base.project.path)`, which the "
                    + "builds clone", location: matrix.path, hint: "move it there and commit it")
        }
        manifest = String(path.dropFirst(root.count))
    }
}
