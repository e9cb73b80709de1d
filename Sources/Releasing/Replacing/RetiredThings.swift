import AWS
import BuildGraph
import Diagnostics
import FoundationEssentials

/// Removes images, and tags and deletes objects, that are proved to be this release's own.
struct RetiredThings {
    let services: Services
    let assetId: String

    /// An image that its owner protects from deregistration.
    ///
    /// No document names what EC2 answers to its deregistration, so it is looked for before.
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deregistration-protection.html>
    private static let protectedCode = "ami.deregistration-protected"
    /// Why a thing may not be removed now.
    static let refusals: Set<String> = [
        protectedCode, "aws.OperationNotPermitted", "aws.UnauthorizedOperation",
        "aws.AccessDenied",
    ]

    private var aws: any AWSCaller { services.aws }

    private func images(in region: String) -> EC2Images {
        EC2Images(aws: aws, region: region, time: services.time)
    }

    /// What a thing that is being retired is to the journal.
    static func leftoverKind(of kind: ReplacedThing.Kind) -> LeftoverKind {
        switch kind {
        case .image: .retiredImage
        case .object: .retiredObject
        }
    }

    /// What a leftover was to be retired as; nil where it is something else.
    static func thing(of leftover: Leftover) -> ReplacedThing? {
        let kinds = ReplacedThing.Kind.allCases
        guard let name = leftover.name,
            let kind = kinds.first(where: { leftoverKind(of: $0) == leftover.kind })
        else { return nil }
        switch kind {
        case .image: return .image(name, region: leftover.region)
        case .object:
            return leftover.details["bucket"].map {
                .object(bucket: $0, key: name, region: leftover.region)
            }
        }
    }

    /// Why a thing is not this release's to remove; nil where it is, or is gone already.
    func objection(to thing: ReplacedThing) async throws -> String? {
        switch thing.kind {
        case .image:
            let images = images(in: thing.region)
            guard let image = try await images.find(thing.id) else { return nil }
            guard try await images.own(thing.id) != nil else { return "another account owns it" }
            return objection(to: image.tags)
        case .object:
            guard let tags = try await tags(of: thing) else { return nil }
            guard let key = thing.key, ResourceNames.isInFolder(key, ofAsset: assetId) else {
                return "it lies in no folder of this release"
            }
            return objection(to: tags)
        }
    }

    /// Deregisters an image with its snapshots, or tags an object; what is gone is no error.
    ///
    /// - Throws: what the calls answer; `refusals` are among it.
    func retire(_ thing: ReplacedThing, at now: Date) async throws {
        guard try await objection(to: thing) == nil else { return }
        switch thing.kind {
        case .image:
            let images = images(in: thing.region)
            guard let image = try await images.own(thing.id) else { return }
            guard !image.isProtected else {
                throw Diagnostic(
                    code: Self.protectedCode,
                    summary: "image `\(image.id)` is protected from deregistration")
            }
            try await images.remove(image)
        case .object:
            guard var tags = try await tags(of: thing), let bucket = thing.bucket,
                let key = thing.key
            else { return }
            tags.removeAll { $0.key == ResourceNames.retiredTag }
            tags.append(AWSTag(ResourceNames.retiredTag, Timestamp.text(now)))
            _ = try await aws.call(
                PutObjectTagging(bucket: bucket, key: key, tags: tags), region: thing.region)
        }
    }

    /// Deletes an object that was tagged long enough ago.
    ///
    /// - Returns: why it stays; nil where it is gone.
    func delete(_ thing: ReplacedThing) async throws -> String? {
        guard let bucket = thing.bucket, let key = thing.key,
            let tags = try await tags(of: thing)
        else { return nil }
        if let reason = try await objection(to: thing) { return reason }
        guard Retire.isRipe(tags[ResourceNames.retiredTag], now: services.time.now()) else {
            return "its tag `\(ResourceNames.retiredTag)` was changed"
        }
        _ = try await aws.call(DeleteObject(bucket: bucket, key: key), region: thing.region)
        return nil
    }

    private func objection(to tags: [AWSTag]) -> String? {
        tags[ResourceNames.assetTag] == assetId
            ? nil : "it does not carry the tag `\(ResourceNames.assetTag)` of this release"
    }

    private func tags(of thing: ReplacedThing) async throws -> [AWSTag]? {
        guard let bucket = thing.bucket, let key = thing.key else { return nil }
        return try await ObjectSearch.tags(aws, bucket: bucket, key: key, region: thing.region)
    }
}
