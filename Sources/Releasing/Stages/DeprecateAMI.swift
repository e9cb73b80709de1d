import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON

/// Sets the day from which EC2 shows the images of a release as deprecated.
///
/// A stage of its own, so that another number of days makes no new image.
package struct DeprecateAMI: Stage {
    /// What was set.
    package struct Outputs: Codable, Sendable, Equatable {
        /// RFC 3339, UTC.
        package let deprecateAt: String
        /// Image id by region.
        package let images: [String: String]
    }

    let days: Int
    let region: String
    let copies: [StageName]
    let aws: any AWSCaller

    /// What EC2 allows for a public image, which any image may become: two years from its creation.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html>
    static let longestDays = 730
    /// EC2 takes no moment of the past, and counts in minutes.
    private static let soonestSeconds = 120.0

    package var name: StageName { "ami-deprecation" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["ami"] + copies }
    package var inputs: [StageInput] {
        [.setting(pointer: "/ami/deprecateAfterDays", value: .integer(Int64(days)))]
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let images = try ReleasedImages.byRegion(region: region, context)
        let now = context.time.now()
        let date = Self.date(
            days: days, created: try Self.created(try await image(images[region], region, context)),
            now: now)
        for (region, id) in images.sorted(by: { $0.key < $1.key }) {
            let image = try await image(id, region, context)
            guard Self.accepts(date, created: try Self.created(image), isPublic: image.isPublic)
            else {
                // EC2 deprecates a public image by itself two years after its creation.
                context.warn(
                    "image `\(id)` is public and older than \(Self.longestDays) days: it stays "
                        + "deprecated as it is")
                continue
            }
            _ = try await aws.call(
                EnableImageDeprecation(imageId: id, deprecateAt: date), region: region)
        }
        return Outputs(deprecateAt: Timestamp.text(date), images: images)
    }

    /// So many days after the image's creation, and never in the past.
    static func date(days: Int, created: Date, now: Date) -> Date {
        max(
            created.addingTimeInterval(Double(days) * 86_400),
            now.addingTimeInterval(soonestSeconds))
    }

    /// Whether EC2 takes a date for an image: for a public one none after two years.
    static func accepts(_ date: Date, created: Date, isPublic: Bool) -> Bool {
        !isPublic || date <= created.addingTimeInterval(Double(longestDays) * 86_400)
    }

    private func image(
        _ id: String?, _ region: String, _ context: StageContext
    ) async throws -> EC2Image {
        try await EC2Images(aws: aws, region: region, time: context.time)
            .requireOwn(id ?? "", ofAsset: context.assetId)
    }

    private static func created(_ image: EC2Image) throws -> Date {
        guard let date = image.creationDate.flatMap(Timestamp.date) else {
            throw Diagnostic(
                code: "ami.no-creation-date",
                summary: "EC2 does not say when image `\(image.id)` was made",
                hint: "run the same command again, or leave `/ami/deprecateAfterDays` out")
        }
        return date
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        for (region, image) in outputs.images {
            let found = try await EC2Images(aws: aws, region: region, time: context.time).find(
                image)
            if found?.deprecationTime == nil { return .missing("deprecation of image \(image)") }
        }
        return .exists
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        let image = try await image(id, region, context)
        return Outputs(deprecateAt: image.deprecationTime ?? "", images: [region: id])
    }
}
