/// A disk image format that EC2's ExportImage writes.
package enum ImageFormat: String, Sendable, CaseIterable, Codable, Comparable {
    case vhd = "VHD"
    case vmdk = "VMDK"
    case raw = "RAW"

    /// As it ends stage names and S3 keys: `vhd`, `vmdk`, `raw`.
    package var fileExtension: String { rawValue.lowercased() }

    package static func < (left: ImageFormat, right: ImageFormat) -> Bool {
        left.rawValue < right.rawValue
    }
}
