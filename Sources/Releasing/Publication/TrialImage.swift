import AWS
import Diagnostics

/// An image for trying: one of a machine that was kept after a failure, where files may lie that
/// the playbook does not make any more.
enum TrialImage {
    /// Refuses to publish such an image.
    ///
    /// - Parameter tags: of the image.
    /// - Throws: `ami.for-trying`.
    static func refuse(_ id: String, _ tags: [AWSTag]) throws {
        if let origin = tags[ResourceNames.originTag] { throw refusal("image `\(id)`", origin) }
    }

    /// The error of publishing what there is only for trying.
    ///
    /// - Parameters:
    ///   - what: what is not published.
    ///   - origin: what it was made of.
    static func refusal(_ what: String, _ origin: String) -> Diagnostic {
        Diagnostic(
            code: "ami.for-trying", severity: .configuration,
            summary: "\(what) is for trying only, and is not published: it was made of a "
                + ShownText.line(origin),
            hint: "make the image anew, of a fresh machine: `dssbatch MANIFEST --force ami`")
    }
}
