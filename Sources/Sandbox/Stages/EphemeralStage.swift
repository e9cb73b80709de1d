import BuildGraph
import Diagnostics

/// What the stages that exist only during a run have in common.
enum EphemeralStage {
    /// The answer to `dssbatch adopt` of such a stage.
    static func notAdoptable(_ name: StageName) -> Diagnostic {
        Diagnostic(
            code: "stage.not-adoptable", severity: .configuration,
            summary: "stage `\(name)` leaves nothing behind that could be adopted",
            hint: "adopt the image made of it: `dssbatch adopt MANIFEST ami --id ami-…`")
    }
}
