import Diagnostics

/// How images become public that a person asks for by name of the release: never by making one.
enum PublicationRoute: Sendable, Equatable {
    /// By stage `ami-public`, with the recorded image.
    ///
    /// - Parameter staleBecause: why the manifest would make another image now; nil where it
    ///   would not.
    case stage(staleBecause: String?)
    /// Nothing is recorded here: by what carries the release's tag.
    case tags

    /// Decides.
    ///
    /// - Parameters:
    ///   - hasImage: whether outputs of stage `ami` are recorded.
    ///   - staleBecause: the first reason why stage `ami` is not fresh; nil where it is.
    ///   - hasResult: whether there is a result file of stage `ami`, good or bad.
    ///   - isUnfinished: whether an earlier run left something of stage `ami`.
    ///   - manifest: the manifest's path, for the hint.
    /// - Throws: `ami.unfinished`, `ami.not-recorded`.
    static func choose(
        hasImage: Bool, staleBecause: String?, hasResult: Bool, isUnfinished: Bool,
        manifest: String
    ) throws -> PublicationRoute {
        if isUnfinished {
            throw Diagnostic(
                code: "ami.unfinished",
                summary: "an earlier run has left an image of this release unfinished",
                hint: "finish the release first: `dssbatch \(manifest)`")
        }
        if hasImage { return .stage(staleBecause: staleBecause) }
        guard hasResult else { return .tags }
        throw Diagnostic(
            code: "ami.not-recorded", summary: "stage `ami` has not succeeded yet",
            hint: hint(manifest: manifest))
    }

    static func hint(manifest: String) -> String {
        "run the release: `dssbatch \(manifest)`, or record an image that exists: "
            + "`dssbatch adopt \(manifest) ami --id ami-…`"
    }
}
