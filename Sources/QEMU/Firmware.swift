import Diagnostics

/// What starts a virtual machine before its disk does.
package enum Firmware: String, Sendable, Codable, CaseIterable {
    case bios = "BIOS"
    case uefi = "UEFI"

    /// Where distributions keep UEFI for x86-64, in one file that holds code and variables.
    private static let wholeImages = [
        "/usr/share/ovmf/OVMF.fd", "/usr/share/qemu/OVMF.fd", "/usr/share/OVMF/OVMF.fd",
        "/usr/share/edk2/x64/OVMF.4m.fd", "/usr/share/edk2/ovmf/OVMF.fd",
    ]

    /// The file that `qemu` loads as its firmware; nil for BIOS, which it brings along.
    ///
    /// - Parameter isReadable: whether a file is there.
    /// - Throws: `qemu.no-firmware`.
    package func image(isReadable: (String) -> Bool) throws -> String? {
        switch self {
        case .bios: return nil
        case .uefi:
            guard let path = Self.wholeImages.first(where: isReadable) else {
                throw Diagnostic(
                    code: "qemu.no-firmware", severity: .configuration,
                    summary: "there is no UEFI firmware for virtual machines",
                    causes: ["looked for " + Self.wholeImages.joined(separator: ", ")],
                    hint: "install the package `ovmf`, or set `/export/verify` to false")
            }
            return path
        }
    }
}
