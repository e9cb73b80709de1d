import AWS
import BuildGraph
import Diagnostics

/// Whether EBS encrypts what a release needs plain in one region.
///
/// Encryption by default is a setting of the account in a region, and wins over a template's
/// `Encrypted: false`. An image with an encrypted snapshot can be neither exported nor public.
///
/// Source: <https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html>,
/// <https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html>
struct EBSEncryption: Sendable {
    let aws: any AWSCaller
    let region: String
    /// What is to become of the images here, such as `exported`; empty where they may be encrypted.
    let purposes: [String]

    /// Refuses before anything starts; where the setting may not be read, a warning says so.
    ///
    /// - Throws: `ebs.encryption-by-default`.
    func checkSetting(_ context: StageContext) async throws {
        guard !purposes.isEmpty else { return }
        do {
            if let problem = Self.problem(
                isOn: try await isOn(), region: region, purposes: purposes)
            {
                throw problem
            }
        } catch let error as Diagnostic where error.isDenial {
            context.warn(
                "not allowed to ask whether EBS encrypts by default in `\(region)` "
                    + "(`ec2:GetEbsEncryptionByDefault`); the machine's volumes will tell")
        }
    }

    /// Whether encryption by default is on.
    func isOn() async throws -> Bool {
        try await aws.call(GetEbsEncryptionByDefault(), region: region)
    }

    /// Looks at the volumes of a machine that was just made, before anything is installed there.
    ///
    /// - Throws: `ebs.encrypted`.
    func checkVolumes(of instanceId: String) async throws {
        guard !purposes.isEmpty else { return }
        let volumes = try await aws.all(
            DescribeVolumes(filters: [EC2Filter("attachment.instance-id", instanceId)]),
            region: region)
        if let volume = volumes.first(where: \.isEncrypted) {
            throw Self.encrypted("volume `\(volume.id)` of instance `\(instanceId)`", self)
        }
    }

    /// Removes an image that is no good for what it was made for, and says why.
    ///
    /// - Throws: `ebs.encrypted`.
    func require(
        plain image: EC2Image, _ entry: JournalEntryID, _ context: StageContext
    ) async throws {
        guard !purposes.isEmpty, image.isEncrypted else { return }
        try await EC2Images(aws: aws, region: region, time: context.time).remove(image)
        try await context.journal.gone(entry)
        throw Self.encrypted("a snapshot of image `\(image.id)`", self)
    }

    /// Decides by the account's setting; nil where nothing is in the way.
    static func problem(isOn: Bool, region: String, purposes: [String]) -> Diagnostic? {
        guard isOn, !purposes.isEmpty else { return nil }
        return Diagnostic(
            code: "ebs.encryption-by-default", severity: .configuration,
            summary: "EBS encrypts by default in `\(region)`, and an encrypted image cannot be "
                + purposes.joined(separator: " or "),
            hint: hint(region: region))
    }

    /// How the setting is changed, or gone around.
    static func hint(region: String) -> String {
        "`aws ec2 disable-ebs-encryption-by-default --region \(region)`, which changes nothing "
            + "that is there already, or take a region where it is off"
    }

    private static func encrypted(_ what: String, _ use: EBSEncryption) -> Diagnostic {
        Diagnostic(
            code: "ebs.encrypted",
            summary: "\(what) is encrypted, so that the image cannot be "
                + use.purposes.joined(separator: " or "),
            hint: hint(region: use.region) + "; a base image with an encrypted snapshot "
                + "(`/ami/base`) does the same")
    }
}

extension ReleaseManifest {
    /// What is to become of the images in a region that EC2 refuses for encrypted ones.
    func plainPurposes(in region: String) -> [String] {
        let isExported = region == self.region && export?.formats.isEmpty == false
        return (isExported ? ["exported"] : []) + (ami.isPublic ? ["made public"] : [])
    }
}
