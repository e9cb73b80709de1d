import AWS

/// Whose the image's name is: what is taken makes the next image a revision of it.
struct ImageNameCheck: HealthCheck {
    var name: String { "image-name" }
    var needs: [String] { [RegionCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let (name, assetId) = (context.imageName, context.manifest.assetId.text)
        return try await context.inEveryRegion { region in
            let image = try await EC2Images(
                aws: context.services.aws, region: region, time: context.services.time
            )
            .own(named: name)
            return Self.judge(image, name: name, assetId: assetId, region: region)
        }
    }

    /// Decides.
    static func judge(
        _ image: EC2Image?, name: String, assetId: String, region: String
    ) -> HealthFinding {
        guard let image else { return .ok("`\(name)` is free in \(region)") }
        guard image.tags[ResourceNames.assetTag] == assetId else {
            return .ok(
                "image `\(image.id)` in \(region) has the name `\(name)` and is not this "
                    + "release's: the next image is named `\(name)-r2` or later")
        }
        return .ok("`\(name)` in \(region) is this release's image `\(image.id)`")
    }
}
