import AWS

/// Whether the account may have one more image in each region.
struct ImageQuotaCheck: HealthCheck {
    var name: String { "image-quota" }
    var needs: [String] { [RegionCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let quota = Quota.images
        return try await context.inEveryRegion { region in
            let images = try await context.ownImages(in: region)
            return quota.judge(
                used: images.count, needed: context.missingImages(among: images),
                limit: try await quota.limit(context.services.aws, region: region), region: region)
        }
    }
}

/// Whether the account may have one more public image in each region.
struct PublicImageQuotaCheck: HealthCheck {
    var name: String { "public-image-quota" }
    var needs: [String] { [RegionCheck.name] }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.ami.isPublic }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let quota = Quota.publicImages
        return try await context.inEveryRegion { region in
            let images = try await context.ownImages(in: region).filter(\.isPublic)
            return quota.judge(
                used: images.count, needed: context.missingImages(among: images),
                limit: try await quota.limit(context.services.aws, region: region), region: region)
        }
    }
}

extension DoctorContext {
    /// The name that the release's images have in every region.
    var imageName: String {
        ResourceNames.image(
            prefix: manifest.ami.namePrefix, assetId: manifest.assetId.text)
    }

    fileprivate func ownImages(in region: String) async throws -> [EC2Image] {
        try await services.aws.all(DescribeImages(owners: ["self"]), region: region)
    }

    /// One, unless the release's image is there: a new one takes its place.
    fileprivate func missingImages(among images: [EC2Image]) -> Int {
        images.contains { $0.name == imageName } ? 0 : 1
    }
}
