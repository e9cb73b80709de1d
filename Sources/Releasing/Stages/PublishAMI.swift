import AWS
package import BuildGraph
import Diagnostics
import JSON

/// Makes the images of a release public, or private again, in every region.
package struct PublishAMI: Stage {
    /// What was read back afterwards.
    package struct Outputs: Codable, Sendable, Equatable {
        package let `public`: Bool
        /// Image id by region.
        package let images: [String: String]
    }

    let isPublic: Bool
    let region: String
    let copies: [StageName]
    /// Nothing is made public whose images do not hold what they promise.
    let verifications: [StageName]
    let aws: any AWSCaller

    static let stageName: StageName = "ami-public"

    package var name: StageName { Self.stageName }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["ami"] + copies + verifications }
    package var inputs: [StageInput] {
        [.setting(pointer: "/ami/public", value: .bool(isPublic))]
    }

    private var publication: ImagePublication { ImagePublication(isPublic: isPublic, aws: aws) }

    package func run(_ context: StageContext) async throws -> Outputs {
        let images = try ReleasedImages.byRegion(region: region, context)
        for (region, id) in images.sorted(by: { $0.key < $1.key }) {
            let image = try await EC2Images(aws: aws, region: region, time: context.time)
                .requireOwn(id, ofAsset: context.assetId)
            if isPublic { try TrialImage.refuse(id, image.tags) }
        }
        if isPublic, let origin = try context.output(of: CreateAMI.self).origin {
            throw TrialImage.refusal("the image", origin)
        }
        try await publication.settle(
            images.map { ImagePublication.Image(region: $0.key, id: $0.value) })
        return Outputs(public: isPublic, images: images)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        for (region, image) in outputs.images {
            let images = EC2Images(aws: aws, region: region, time: context.time)
            guard try await images.find(image) != nil,
                try await publication.isPublic(.init(region: region, id: image)) == outputs.public
            else { return .missing("launch permission of image \(image)") }
        }
        return .exists
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        _ = try await EC2Images(aws: aws, region: region, time: context.time)
            .requireOwn(id, ofAsset: context.assetId)
        let isPublic = try await publication.isPublic(.init(region: region, id: id))
        return Outputs(public: isPublic, images: [region: id])
    }
}

/// The images of a release, as the stages behind `ami` see them.
enum ReleasedImages {
    /// Image id by region: the image itself and its copies.
    static func byRegion(region: String, _ context: StageContext) throws -> [String: String] {
        var images = [region: try context.output(of: CreateAMI.self).imageId]
        for copy in try context.outputs(of: CopyAMI.self).values {
            images[copy.region] = copy.imageId
        }
        return images
    }
}
