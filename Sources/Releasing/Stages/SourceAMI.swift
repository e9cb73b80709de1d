import AWS
package import BuildGraph
import Diagnostics
import JSON

/// Finds the image that the machine starts from.
package struct SourceAMI: Stage {
    /// What `instance` starts.
    package struct Outputs: Codable, Sendable, Equatable {
        package let imageId: String
        package let name: String
        package let creationDate: String
        /// The device that the root volume is attached as.
        package let rootDeviceName: String
    }

    let base: ReleaseManifest.BaseImage
    let region: String
    let aws: any AWSCaller

    package var name: StageName { "source-ami" }
    package var revision: Int { 1 }
    package var isLookup: Bool { if case .id = base { false } else { true } }
    package var isShareable: Bool { true }
    package var inputs: [StageInput] {
        [
            .setting(pointer: "/ami/base", value: base.setting),
            .setting(pointer: "/region", value: .string(region)),
        ]
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        try outputs(of: try await find(context.time))
    }

    /// The image that `/ami/base` means now.
    ///
    /// - Throws: `source-ami.no-match`, `ami.not-found`.
    func find(_ time: any TimeSource) async throws -> EC2Image {
        switch base {
        case .id(let id): return try await image(id: id, time)
        case .ssmParameter(let parameter):
            let id = try await aws.call(GetParameter(name: parameter), region: region).value
            return try await image(id: id, time)
        case .newest(let owner, let architecture, let name):
            return try await newest(owner: owner, architecture: architecture, name: name)
        }
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        try await EC2Images(aws: aws, region: region, time: context.time)
            .existence(of: outputs.imageId)
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        try outputs(of: try await image(id: id, context.time))
    }

    package func identity(of outputs: Outputs) -> String { outputs.imageId }

    private func image(id: String, _ time: any TimeSource) async throws -> EC2Image {
        try await EC2Images(aws: aws, region: region, time: time).require(id)
    }

    private func newest(owner: String, architecture: String, name: String) async throws -> EC2Image
    {
        let images = try await aws.all(
            DescribeImages(
                owners: [owner],
                filters: [
                    EC2Filter("name", name), EC2Filter("architecture", architecture),
                    EC2Filter("state", "available"), EC2Filter("root-device-type", "ebs"),
                    EC2Filter("virtualization-type", "hvm"),
                ]),
            region: region)
        let candidates = images.filter { $0.state == "available" }
        let newest = candidates.max { left, right in
            (left.creationDate ?? "", left.id) < (right.creationDate ?? "", right.id)
        }
        guard let newest else {
            throw Diagnostic(
                code: "source-ami.no-match",
                summary: "no image of owner `\(owner)` matches `\(name)` (\(architecture))",
                location: "/ami/base",
                causes: ["looked in region `\(region)`"],
                hint: "correct `/ami/base`, or name an image by `{\"id\": \"ami-…\"}`")
        }
        return newest
    }

    private func outputs(of image: EC2Image) throws -> Outputs {
        guard let rootDeviceName = image.rootDeviceName, !rootDeviceName.isEmpty else {
            throw Diagnostic(
                code: "source-ami.no-root-device",
                summary: "image `\(image.id)` has no root device", location: "/ami/base",
                hint: "choose an image whose root device is an EBS volume")
        }
        return Outputs(
            imageId: image.id, name: image.name ?? "", creationDate: image.creationDate ?? "",
            rootDeviceName: rootDeviceName)
    }
}
