import BuildGraph
import Sandbox

/// The session of a command that works on one release.
struct ReleaseSession: Sendable {
    let session: Session
    let release: Release

    var manifest: ReleaseManifest { release.manifest }

    /// See `Session`.
    init(
        _ manifest: ReleaseManifest, _ changes: ManifestChanges, _ options: GlobalOptions,
        _ call: Invocation, named path: String? = nil,
        layout: PipelineLayout = .release(ReleaseLayout()), output: EventOutput? = nil
    ) throws {
        session = try Session(
            .release(manifest), changes, options, call, named: path, layout: layout,
            output: output)
        release = Release(
            manifest: manifest, place: session.workplace,
            machineStore: try session.machineStore, services: session.services)
    }
}
