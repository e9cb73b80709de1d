package import QEMU

extension ImageFormat {
    /// The format in `qemu`'s words.
    package var diskFormat: VirtualMachine.DiskFormat {
        switch self {
        case .vhd: .vpc
        case .vmdk: .vmdk
        case .raw: .raw
        }
    }

    /// The computers that an image of the format is started on; on the first it is looked at from
    /// all sides, on the second it has to come up.
    ///
    /// Each format gets what the hypervisors that read it offer, and both kinds of firmware.
    package var computers: (first: VirtualMachine.Hardware, second: VirtualMachine.Hardware) {
        switch self {
        case .vhd:
            (
                .init(firmware: .bios, diskBus: .ide, networkCard: .e1000),
                .init(firmware: .uefi, diskBus: .sata, networkCard: .virtio)
            )
        case .vmdk:
            (
                .init(firmware: .uefi, diskBus: .sata, networkCard: .vmxnet3),
                .init(firmware: .bios, diskBus: .ide, networkCard: .e1000)
            )
        case .raw:
            (
                .init(firmware: .uefi, diskBus: .virtio, networkCard: .virtio),
                .init(firmware: .bios, diskBus: .virtio, networkCard: .virtio)
            )
        }
    }
}
