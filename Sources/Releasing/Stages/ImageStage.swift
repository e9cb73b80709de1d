import AWS
import BuildGraph

/// What a stage gives that makes an image.
protocol ImageOutputs {
    var imageId: String { get }
}

/// A stage that makes one of the release's images: the image itself, or a copy of it.
protocol ImageStage: Stage where Outputs: ImageOutputs {
    /// Where its image is.
    var region: String { get }
    var assetId: AssetId { get }
    var aws: any AWSCaller { get }
    /// How an image is adopted that nothing records; nil where none is looked for.
    var adoptCommand: ReleaseCommandLine? { get }
    /// What it makes, as plans tell it.
    static var creates: String { get }
}

extension ImageStage {
    func images(_ context: StageContext) -> EC2Images {
        EC2Images(aws: aws, region: region, time: context.time)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        try await images(context).existence(of: outputs.imageId)
    }

    package func ownership(
        of outputs: Outputs, account: String, _ context: StageContext
    ) async throws -> Ownership {
        try await images(context).ownership(of: outputs.imageId, account: account, asset: assetId)
    }

    package var alwaysDiffers: Bool { true }

    package func effects(_ facts: StageEffects.Facts) -> StageEffects {
        PublishedThings.effects(
            facts, creates: Self.creates, of: name, region: region,
            lost: unrecordedImage.told(facts))
    }

    package func continued(_ entry: JournalEntry) -> String? {
        entry.kind == .image ? entry.id.map { "image \($0)" } : nil
    }

    package var findsUnrecorded: Bool { true }

    package func unrecorded(
        _ facts: StageEffects.Facts, _ context: StageContext
    ) async throws -> [StageEffects.Replacement] {
        try await unrecordedImage.find(facts, aws: aws)
    }

    package func identity(of outputs: Outputs) -> String { "\(region)/\(outputs.imageId)" }

    private var unrecordedImage: UnrecordedImage {
        UnrecordedImage(stage: name, region: region, assetId: assetId, command: adoptCommand)
    }
}
