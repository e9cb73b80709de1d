package import JSON
package import OrderedCollections

/// `manifests/release.json`, checked and with its defaults filled in.
package struct ReleaseManifest: Sendable {
    /// How the base image is found.
    package enum BaseImage: Sendable, Equatable {
        /// The newest available image of that owner, architecture and name pattern.
        case newest(owner: String, architecture: String, name: String)
        case id(String)
        /// The id that a public SSM parameter holds.
        case ssmParameter(String)
    }

    /// The section `/ami`.
    package struct AMI: Sendable, Equatable {
        package let base: BaseImage
        package let namePrefix: String
        package let isPublic: Bool
        package let copyToRegions: [String]
        /// Days after which EC2 marks the image as deprecated; nil for never.
        package let deprecateAfterDays: Int?
    }

    /// The section `/instance`.
    package struct Instance: Sendable, Equatable {
        package let type: String
        package let volumeGiB: Int
        package let user: String
        package let sshPort: Int
        /// A CIDR block; nil for the caller's own address (`"auto"`).
        package let ingressCidr: String?
        /// Tried in this order where EC2 starts none of `type`.
        package var types: [String] = []

        /// Every type that the machine may have, the first one first.
        package var allTypes: [String] { [type] + types }
    }

    /// The section `/provision`.
    package struct Provision: Sendable {
        /// Relative to the project.
        package let playbook: String
        package let variables: JSONValue

        /// The folder whose every file the installed machine depends on.
        package var folder: String {
            let parts = playbook.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count < 2 ? "." : parts.dropLast().joined(separator: "/")
        }

        /// The playbook that finishes a machine; it lies beside the other.
        package var resetPlaybook: String {
            folder == "." ? "reset-password.yml" : folder + "/reset-password.yml"
        }
    }

    /// The section `/export`.
    package struct Export: Sendable, Equatable {
        package let formats: [ImageFormat]
        package let prefix: String
        package let bucket: ExportBucket
        package let checksum: ChecksumKind
        /// Nil where the manifest leaves it open: then on with `--local` only.
        package let verify: Bool?
    }

    /// Where images go.
    package enum ExportBucket: Sendable, Equatable {
        /// Bucket, role and domain are outputs of that CloudFormation stack.
        case stack(String)
        case named(bucket: String, role: String)
    }

    /// How an image's checksum comes about.
    package enum ChecksumKind: String, Sendable, CaseIterable {
        /// Every image is streamed once.
        case sha256
        /// S3's own full-object CRC64NVME; nothing is downloaded.
        case s3
    }

    /// The file that was read, as named on the command line.
    package let path: String
    /// The folder that relative paths start from.
    package let project: ProjectFolder
    /// The manifest as it stands after `--set` and `--asset-id`.
    package let document: JSONValue
    package let assetId: AssetId
    package let tags: OwnTags
    package let region: String
    /// The only account that it is for; nil for any.
    package let account: String?
    /// Name to version, as Ansible gets them.
    package let versions: OrderedDictionary<String, String>
    package let ami: AMI
    package let instance: Instance
    package let provision: Provision
    package let export: Export?
    package let docker: Docker?
    package let release: Release?
    /// Folder (relative to the project) or `s3://` address of the results.
    package let results: String

    /// Formats that the command line asks for, and that the file does not.
    var requestedFormats: Set<ImageFormat> = []

    /// Where images of the release lie: the manifest's region, then those of its copies.
    package var regions: [String] {
        [region] + ami.copyToRegions.filter { $0 != region }
    }
}
