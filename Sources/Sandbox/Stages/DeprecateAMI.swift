import AWS
package import BuildGraph
import Diagnostics
import Foundation
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

    package var name: StageName { "ami-deprecation" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["ami"] + copies }
    package var inputs: [StageInput] {
        [.setting(pointer: "/ami/deprecateAfterDays", value: .integer(Int64(days)))]
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let images = try ReleasedImages.byRegion(region: region, context)
        let date = context.time.now().addingTimeInterval(Double(days) * 86_400)
        for (region, image) in images.sorted(by: { $0.key < $1.key }) {
            _ = try await aws.call(
                EnableImageDeprecation(imageId: image, deprecateAt: date), region: region)
        }
        return Outputs(deprecateAt: Timestamp.text(date), images: images)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        for (region, image) in outputs.images {
            let found = try await EC2Images(aws: aws, region: region).find(image)
            if found?.deprecationTime == nil { return .missing("deprecation of image \(image)") }
        }
        return .exists
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        let image = try await EC2Images(aws: aws, region: region).require(id)
        return Outputs(deprecateAt: image.deprecationTime ?? "", images: [region: id])
    }
}
