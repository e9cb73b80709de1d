import Diagnostics
import DockerEngine
import FoundationEssentials
import Glibc
import JSON
import OrderedCollections

/// What the Docker image of a release says of itself.
struct SandboxImage: Sendable {
    let manifest: ReleaseManifest
    /// The base image's name in full.
    let baseName: String
    /// The digest that its registry knows it by, or its id.
    let baseDigest: String
    let createdAt: Date

    static let title = "Data Science Sandbox"
    /// The label that tells the sandbox's version.
    static let versionLabel = annotation("version")
    private static let vendor = "Exasol AG"
    private static let port = 8888

    /// How it is run.
    var configuration: ImageConfiguration {
        var configuration = ImageConfiguration()
        // tini hands signals on, and buries what Jupyter's kernels leave.
        configuration.entryPoint = ["/usr/bin/tini", "--", "/usr/local/bin/dss-entrypoint"]
        configuration.command = []
        configuration.user = manifest.instance.user
        configuration.workingFolder = "/home/\(manifest.instance.user)"
        configuration.exposedPorts = ["\(Self.port)/tcp"]
        configuration.labels = labels
        configuration.stopSignal = "SIGTERM"
        configuration.healthCheck = ImageConfiguration.HealthCheck(
            command: "curl --fail --silent --show-error --max-time 5 --output /dev/null "
                + "http://127.0.0.1:\(Self.port)/api",
            intervalSeconds: 10, timeoutSeconds: 10, startPeriodSeconds: 60, retries: 3)
        return configuration
    }

    /// The annotations that tools read.
    ///
    /// Source: <https://github.com/opencontainers/image-spec/blob/main/annotations.md>
    private var labels: [String: String] {
        var labels = [
            ResourceNames.assetTag: manifest.assetId.text,
            Self.annotation("title"): Self.title,
            Self.annotation("description"):
                "JupyterLab, Poetry and the script-languages-release repository of Exasol",
            Self.versionLabel: manifest.versions["sandbox"] ?? manifest.assetId.text,
            Self.annotation("created"): Timestamp.text(createdAt),
            Self.annotation("vendor"): Self.vendor,
            Self.annotation("base.name"): baseName,
            Self.annotation("base.digest"): baseDigest,
        ]
        if let repository = Self.sourceRepository(of: manifest) {
            labels[Self.annotation("url")] = "https://github.com/\(repository)"
            labels[Self.annotation("source")] = "https://github.com/\(repository)"
        }
        return labels
    }

    /// `/release/repository`, whose source the image was made from; nil where it is left out.
    static func sourceRepository(of manifest: ReleaseManifest) -> String? {
        manifest.document["release"]?["repository"]?.stringValue
    }

    private static func annotation(_ name: String) -> String { "org.opencontainers.image.\(name)" }
}
