import AWS

/// Whether the image that the machine starts from is there, and what is made of it can be exported.
struct BaseImageCheck: HealthCheck {
    var name: String { "base-image" }
    var needs: [String] { [RegionCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let stage = SourceAMI(
            base: context.manifest.ami.base, region: context.region, aws: context.services.aws)
        let image = try await stage.find(context.services.time)
        return Self.judge(image, isExported: context.manifest.export != nil)
    }

    /// Decides by what EC2 documents of images that it exports.
    ///
    /// Source: <https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html>
    static func judge(_ image: EC2Image, isExported: Bool) -> HealthFinding {
        let known = "`\(image.id)` \(image.name ?? "")"
        guard image.state == "available" else {
            return .failed("\(known) is `\(image.state)`", hint: "choose another `/ami/base`")
        }
        guard isExported else { return .ok(known) }
        let reasons = obstacles(image)
        if !reasons.isEmpty {
            return .failed(
                "\(known) cannot be exported: " + reasons.joined(separator: ", "),
                hint: "choose another `/ami/base`, or leave `/export` out")
        }
        if let architecture = image.architecture, !["x86_64", "i386"].contains(architecture) {
            return .warning(
                "\(known) may not be exportable: VM export is documented for x86 only, and it is "
                    + "`\(architecture)`",
                hint: "should ExportImage refuse it, choose another `/ami/base`")
        }
        return .ok("\(known) can be exported" + (Self.bootNote(image) ?? ""))
    }

    private static func obstacles(_ image: EC2Image) -> [String] {
        var reasons: [String] = []
        if !image.productCodes.isEmpty {
            reasons.append(
                "it has the product code "
                    + image.productCodes.map { "`\($0)`" }
                    .joined(separator: ", "))
        }
        if image.isEncrypted { reasons.append("a snapshot is encrypted") }
        if image.platform == "windows" {
            reasons.append("it is Windows")
        } else if let platform = image.platformDetails, platform != "Linux/UNIX" {
            reasons.append("its platform `\(platform)` is licensed")
        }
        if let type = image.rootDeviceType, type != "ebs" {
            reasons.append("its root device is `\(type)`, not EBS")
        }
        return reasons
    }

    /// Documented as not exportable, and exported all the same: Canonical's jammy images are such.
    ///
    /// Source: <https://github.com/exasol/ai-lab/issues/372>
    private static func bootNote(_ image: EC2Image) -> String? {
        image.bootMode == "uefi-preferred"
            ? "; it boots by BIOS and UEFI both, which EC2 exports though its guide says otherwise "
                + "(where it refuses, an image that boots by BIOS alone is registered for it)"
            : nil
    }
}
