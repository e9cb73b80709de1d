import Diagnostics
import JSON

/// What the notes need of a `release.json`, of this release or an earlier one.
struct PublishedRelease: Sendable {
    /// An exported image.
    struct Image: Sendable, Equatable {
        let format: String
        let bytes: Int64
        let sha256: String?
        let url: String
    }

    /// The Docker image.
    struct Docker: Sendable, Equatable {
        let image: String
        let bytes: Int64
        /// Nil where it is not published.
        let digest: String?
    }

    let assetId: String
    let region: String
    /// In the manifest's order.
    let versions: [(name: String, version: String)]
    let sourceName: String
    let amiName: String
    let isPublic: Bool
    /// What the image was made of where that is no fresh machine; else nil.
    let origin: String?
    /// By region.
    let images: [(region: String, id: String)]
    let exports: [Image]
    let docker: Docker?
    /// SHA-256 in hexadecimal digits by file name, of the inventories and SBOMs that were exported.
    let documents: [String: String]

    /// Reads `release.json`.
    ///
    /// - Throws: `github.release-document`.
    init(_ bytes: [UInt8], source: String) throws {
        do {
            let json = try JSONValue.parse(bytes, source: source)
            try self.init(JSONReader(json, source: source).object())
        } catch {
            throw Diagnostic(
                code: "github.release-document", severity: .configuration,
                summary: "`\(source)` cannot be read as a release",
                causes: [Diagnostic.from(error).summary],
                hint: "write it again: `dssbatch MANIFEST --force release-notes`")
        }
    }

    private init(_ root: JSONObjectReader) throws {
        _ = try root.required("schema").oneOf(["dssbatch.release/1"])
        assetId = try root.required("assetId").string()
        region = try root.required("region").string()
        versions = try Self.texts(root.required("versions"))
        sourceName = try root.required("sourceAmi").object().required("name").string()
        let ami = try root.required("ami").object()
        amiName = try ami.required("name").string()
        isPublic = try ami.required("public").bool()
        origin = try ami.optional("origin")?.string()
        images = try Self.texts(ami.required("regions")).map { ($0.name, $0.version) }
        exports = try root.required("images").array { try Self.image($0.object()) }
        docker = try Self.present(root, "docker").map { try Self.docker($0.object()) }
        var documents = try Self.documents(root, of: "ami")
        if let docker = try Self.present(root, "docker")?.object() {
            documents.merge(try Self.documents(docker, of: "docker-image")) { $1 }
        }
        self.documents = documents
    }

    /// A member that may be null or left out.
    private static func present(_ object: JSONObjectReader, _ name: String) -> JSONReader? {
        object.optional(name).flatMap { if case .null = $0.value { nil } else { $0 } }
    }

    private static func texts(
        _ reader: JSONReader
    ) throws -> [(name: String, version: String)] {
        let object = try reader.object()
        return try object.names.map { ($0, try object.required($0).string()) }
    }

    private static func image(_ object: JSONObjectReader) throws -> Image {
        Image(
            format: try object.required("format").string(),
            bytes: Int64(try object.required("bytes").integer(in: 0...Int.max)),
            sha256: try present(object, "sha256")?.string(),
            url: try object.required("url").string())
    }

    private static func docker(_ object: JSONObjectReader) throws -> Docker {
        Docker(
            image: try object.required("image").string(),
            bytes: Int64(
                try (object.optional("bytes") ?? object.required(BuildDockerImage.formerSize))
                    .integer(in: 0...Int.max)),
            digest: try present(object, "digest")?.string())
    }

    private static func documents(
        _ object: JSONObjectReader, of stage: String
    ) throws -> [String: String] {
        guard let both = try present(object, "inventory")?.object() else { return [:] }
        let digest = { try both.required($0).object().required("sha256").string() }
        return [
            "\(stage).inventory.json": try digest("inventory"),
            "\(stage).cdx.json": try digest("sbom"),
        ]
    }
}
