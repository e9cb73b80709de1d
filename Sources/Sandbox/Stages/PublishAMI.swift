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

    package var name: StageName { "ami-public" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["ami"] + copies + verifications }
    package var inputs: [StageInput] {
        [.setting(pointer: "/ami/public", value: .bool(isPublic))]
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let images = try ReleasedImages.byRegion(region: region, context)
        for (region, image) in images.sorted(by: { $0.key < $1.key }) {
            try await settle(image, in: region)
        }
        return Outputs(public: isPublic, images: images)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        for (region, image) in outputs.images {
            guard try await EC2Images(aws: aws, region: region).find(image) != nil,
                try await isImagePublic(image, in: region) == outputs.public
            else { return .missing("launch permission of image \(image)") }
        }
        return .exists
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        let isPublic = try await isImagePublic(id, in: region)
        return Outputs(public: isPublic, images: [region: id])
    }

    private func settle(_ image: String, in region: String) async throws {
        if try await isImagePublic(image, in: region) == isPublic { return }
        do {
            _ = try await aws.call(
                ModifyImageAttribute(
                    imageId: image, change: isPublic ? .makePublic : .makePrivate),
                region: region)
        } catch let error as Diagnostic where error.code == "aws.OperationNotPermitted" {
            throw error.wrapped(
                in: "image `\(image)` cannot be made public in `\(region)`",
                hint: "the account blocks public images: `aws ec2 "
                    + "disable-image-block-public-access --region \(region)`")
        }
        if try await isImagePublic(image, in: region) != isPublic {
            throw Diagnostic(
                code: "ami.permission-unchanged",
                summary: "launch permission of image `\(image)` did not change in `\(region)`",
                hint: "run the same command again")
        }
    }

    private func isImagePublic(_ image: String, in region: String) async throws -> Bool {
        try await aws.call(DescribeImageAttribute(imageId: image), region: region).isPublic
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
