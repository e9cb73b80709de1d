import AWS
import Diagnostics

/// Why EC2 does not take an image for an export, as far as the image tells.
///
/// Source: <https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html>
enum ExportRefusal {
    /// What EC2 answers for an image that it exports in no case.
    ///
    /// Seen is `NotExportable`, for an image of the marketplace; what an image that boots both
    /// ways is answered no document says.
    /// Source: <https://github.com/aws/aws-sdk/issues/203>
    static let codes: Set<String> = [
        "aws.NotExportable", "aws.Unsupported", "aws.UnsupportedOperation",
    ]

    /// Whether an image that boots by BIOS alone may be taken in this one's place.
    static func isOfBootMode(_ image: EC2Image) -> Bool {
        image.bootMode == "uefi-preferred" && !image.isEncrypted && image.productCodes.isEmpty
    }

    /// Adds that an image's base is gone.
    static func withoutBase(_ problem: Diagnostic, imageId: String, base: String) -> Diagnostic {
        problem.wrapped(
            in: "image `\(imageId)` was made of `\(base)`, which does not exist any more, "
                + "and EC2 exports no such image",
            hint: "make the image anew from the newest base: `--refresh --force ami`")
    }
}
