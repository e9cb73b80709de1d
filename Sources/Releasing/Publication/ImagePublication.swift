import AWS
import BuildGraph
import Diagnostics

/// Makes images public, or private again, in every region at once, and reads back what came of it.
struct ImagePublication {
    /// One image where it lies.
    struct Image: Hashable, Sendable {
        let region: String
        let id: String
    }

    let isPublic: Bool
    let aws: any AWSCaller

    /// Settles every image; one that cannot be settled does not keep the others from it.
    ///
    /// - Parameter onSettled: called for each image that is as asked for, changed or not.
    /// - Throws: `aws.OperationNotPermitted` where the account blocks public images,
    ///   `ami.permission-unchanged`, and what the calls throw; others that failed are its causes.
    func settle(
        _ images: [Image], onSettled: @escaping @Sendable (Image) -> Void = { _ in }
    ) async throws {
        let problems = await withTaskGroup(of: (Image, Diagnostic?).self) { group in
            for image in Set(images) {
                group.addTask {
                    do {
                        try await settle(image)
                        onSettled(image)
                        return (image, nil)
                    } catch {
                        return (image, .from(error))
                    }
                }
            }
            var problems: [(image: Image, problem: Diagnostic)] = []
            for await (image, problem) in group {
                if let problem { problems.append((image, problem)) }
            }
            return problems.sorted {
                ($0.image.region, $0.image.id) < ($1.image.region, $1.image.id)
            }
            .map(\.problem)
        }
        try Task.checkCancellation()
        guard var first = problems.first else { return }
        first.causes += problems.dropFirst().map(\.summary)
        throw first
    }

    /// Whether everybody may launch an image.
    func isPublic(_ image: Image) async throws -> Bool {
        try await aws.call(DescribeImageAttribute(imageId: image.id), region: image.region).isPublic
    }

    private func settle(_ image: Image) async throws {
        if try await isPublic(image) == isPublic { return }
        do {
            _ = try await aws.call(
                ModifyImageAttribute(
                    imageId: image.id, change: isPublic ? .makePublic : .makePrivate),
                region: image.region)
        } catch let error as Diagnostic where error.code == "aws.OperationNotPermitted" {
            throw error.wrapped(
                in: "image `\(image.id)` cannot be made public in `\(image.region)`",
                hint: PublicAccessBlock.hint(region: image.region))
        }
        if try await isPublic(image) != isPublic {
            throw Diagnostic(
                code: "ami.permission-unchanged",
                summary: "launch permission of image `\(image.id)` did not change in "
                    + "`\(image.region)`",
                hint: "run the same command again")
        }
    }
}

/// An account's own setting against public images, one for each region.
enum PublicAccessBlock {
    /// What `GetImageBlockPublicAccessState` answers where new public images are refused.
    static let blocking = "block-new-sharing"

    /// Refuses before anything starts; where the setting may not be read, a warning says so.
    ///
    /// - Throws: `ami.public-access-blocked`.
    static func check(
        _ regions: [String], aws: any AWSCaller, _ context: StageContext
    ) async throws {
        do {
            let states = try await ConcurrentMap.map(regions) { region in
                (region, try await aws.call(GetImageBlockPublicAccessState(), region: region))
            }
            guard let region = states.first(where: { $0.1 == blocking })?.0 else { return }
            throw Diagnostic(
                code: "ami.public-access-blocked", severity: .configuration,
                summary: "no image can be made public in `\(region)`",
                hint: hint(region: region))
        } catch let error as Diagnostic where error.isDenial {
            context.warn(
                "not allowed to ask whether the account blocks public images "
                    + "(`ec2:GetImageBlockPublicAccessState`)")
        }
    }

    /// How to lift it.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html>
    static func hint(region: String) -> String {
        "the account blocks public images: `aws ec2 disable-image-block-public-access --region "
            + "\(region)`, which takes up to 10 minutes, then run the same command again"
    }
}
