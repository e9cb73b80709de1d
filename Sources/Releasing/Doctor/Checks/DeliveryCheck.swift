/// Whether what is exported is small enough for the distribution to deliver it.
struct DeliveryCheck: HealthCheck {
    /// The most that CloudFront delivers in one answer.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
    static let largestAnswerBytes = 50_000_000_000

    var name: String { "delivery" }

    func applies(_ context: DoctorContext) -> Bool {
        context.manifest.export?.formats.isEmpty == false
    }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        Self.judge(
            formats: context.manifest.export?.formats ?? [],
            volumeGiB: context.manifest.instance.volumeGiB)
    }

    /// Decides: RAW is as large as the volume, the others hold only what is used.
    static func judge(formats: [ImageFormat], volumeGiB: Int) -> HealthFinding {
        guard formats.contains(.raw), volumeGiB << 30 > largestAnswerBytes else {
            return .ok("no image is surely larger than CloudFront delivers (50 GB)")
        }
        return .warning(
            "the RAW image has \(volumeGiB) GiB, and CloudFront delivers at most 50 GB at once",
            hint: "set `/instance/volumeGiB` to \(largestAnswerBytes >> 30) or less, leave `RAW` "
                + "out, or let users download by ranges or from S3")
    }
}
