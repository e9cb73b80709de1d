import BuildGraph
import Diagnostics
import DockerEngine

/// Starts an image as its users do and looks whether it keeps its promises: it becomes healthy,
/// and ends by itself when it is told to.
struct ImageProof: Sendable {
    let engine: any ContainerEngine

    /// From the start until Jupyter answers; the first start writes its caches.
    static let deadlineSeconds = 1800.0
    /// For Jupyter to end its kernels.
    private static let graceSeconds = 120
    private static let pauseSeconds = 1.0
    private static let logLines = 20

    /// Starts, waits and stops.
    ///
    /// - Throws: `docker.image-unhealthy`, `docker.image-unstoppable`.
    func run(_ container: TemporaryContainer, _ context: StageContext) async throws {
        try await container.use(context) { id in
            context.progress(nil, "waiting until the image's container is healthy")
            try await waitUntilHealthy(id, context)
            context.progress(nil, "stopping the image's container")
            let status = try await engine.stop(id, graceSeconds: Self.graceSeconds)
            guard status == 0 else {
                throw await failure(
                    "docker.image-unstoppable",
                    "the image does not end cleanly when it is stopped",
                    status == 137
                        ? "it was still running \(Self.graceSeconds) s after SIGTERM"
                        : "it ended with status \(status)", id)
            }
        }
    }

    private func waitUntilHealthy(_ id: String, _ context: StageContext) async throws {
        let deadline = context.time.monotonicSeconds() + Self.deadlineSeconds
        while true {
            let state = try await engine.inspectContainer(id)
            let problem: String
            switch (state?.isRunning ?? false, state?.health) {
            case (true, .healthy?): return
            case (false, _): problem = "it ended with status \(state?.exitCode ?? -1)"
            case (true, .unhealthy?): problem = "its health check says: \(said(state))"
            case (true, nil): problem = "it has no health check"
            case (true, .starting?):
                if context.time.monotonicSeconds() < deadline {
                    try await context.time.sleep(seconds: Self.pauseSeconds)
                    continue
                }
                problem =
                    "it was not healthy after \(Int(Self.deadlineSeconds)) s: \(said(state))"
            }
            throw await failure(
                "docker.image-unhealthy", "a container of the image does not become healthy",
                problem, id)
        }
    }

    private func said(_ state: ContainerState?) -> String {
        let output = state?.healthOutput ?? ""
        let line = output.split(whereSeparator: \.isNewline).last.map { String($0) }
        return line ?? "nothing"
    }

    private func failure(
        _ code: String, _ summary: String, _ cause: String, _ id: String
    ) async -> Diagnostic {
        // The log explains; where it cannot be had, the cause has to do.
        let log = (try? await engine.logTail(id, lines: Self.logLines)) ?? ""
        let lines = log.split(whereSeparator: \.isNewline).map { "it wrote: \($0)" }
        return Diagnostic(
            code: code, summary: summary, causes: [cause] + lines,
            hint: "look at the entry point that `\(ReleaseManifest.Provision.finishPlaybookName)` "
                + "installs; `dssbatch create-docker-image --keep-container` leaves the container "
                + "that the image was made of")
    }
}
