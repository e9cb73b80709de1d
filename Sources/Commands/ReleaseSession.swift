import BuildGraph
import Sandbox

/// The session of a command that works on one release.
struct ReleaseSession: Sendable {
    let session: Session
    let manifest: ReleaseManifest

    /// See `Session`.
    init(
        _ manifest: ReleaseManifest, _ changes: ManifestChanges, _ options: GlobalOptions,
        _ call: Invocation, pipeline: PipelineOptions = PipelineOptions(),
        output: EventOutput? = nil
    ) throws {
        self.manifest = manifest
        session = try Session(
            .release(manifest), changes, options, call, pipeline: pipeline, output: output)
    }
}
