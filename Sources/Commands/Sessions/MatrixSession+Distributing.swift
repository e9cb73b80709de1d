import BuildGraph
import Diagnostics
import FoundationEssentials
import Releasing

extension MatrixSession {
    /// Brings the releases up to date by builds on CodeBuild, and collects what they made.
    ///
    /// - Parameters:
    ///   - branch: what is built; nil for the project's own.
    ///   - waitLockSeconds: as `collect(waitLockSeconds:)`.
    ///   - path: where the batch's buildspec is written to.
    /// - Throws: `distribute.*`, `codebuild.*`.
    func distribute(
        _ request: Distribution.Request, branch: String?, isDryRun: Bool, waits: Bool,
        waitLockSeconds: Double?, output path: String?
    ) async throws -> ExitStatus {
        let distribution = try Distribution(of: matrix, request, services: services)
        let work = remoteWork(branch: branch)
        let (output, variants) = (output, variants)
        return try await Interruptible(saysInterrupted: false).run(output) {
            let batch = try await work.before {
                try await distribution.prepare(variants) { output.say("warning: \($0)") }
            }
            guard let batch else {
                if isDryRun {
                    output.say("no release is stale: there is nothing to build")
                    return .fresh
                }
                return try await collectNow(waitLockSeconds: waitLockSeconds)
            }
            if let path { try AtomicFile.write(Array(batch.buildspec.utf8), to: path) }
            if isDryRun {
                call.console.printLine(batch.buildspec)
                return .fresh
            }
            switch try await work.run(batch, waits: waits) {
            case .left: return .fresh
            case .interrupted: return .interrupted
            case .ended(let problem):
                if let problem { emit(problem) }
                // What the good builds made is worth a summary too.
                let status = try await collectNow(waitLockSeconds: waitLockSeconds)
                return problem == nil ? status : .failed
            }
        }
    }

    private func remoteWork(branch: String?) -> RemoteWork<Distribution.Batch> {
        let (output, time) = (output, services.time)
        let builds = BatchBuild(services: services, region: matrix.manifest.base.region) {
            output.show($0, at: time.now())
        }
        return RemoteWork(
            kind: "batch", output: output,
            start: { try await builds.start($0, branch: branch) },
            follow: { try await builds.follow($0, $1) }, stop: { try await builds.stop($0) })
    }
}
