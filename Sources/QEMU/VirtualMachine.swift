/// A virtual machine that starts from a disk image, which stays as it is.
package struct VirtualMachine: Sendable, Equatable {
    /// How the disk image is written, in `qemu`'s words.
    package enum DiskFormat: String, Sendable {
        case raw
        case vmdk
        /// VHD; named, because a fixed one looks like `raw`.
        case vpc
    }

    /// What the disk is attached to.
    package enum DiskBus: String, Sendable, Codable {
        case ide = "IDE"
        case sata = "SATA"
        case virtio = "virtio"
    }

    /// The model of the network card.
    package enum NetworkCard: String, Sendable, Codable {
        case e1000
        case vmxnet3
        case virtio = "virtio-net-pci"
    }

    /// What the guest sees of its computer.
    package struct Hardware: Sendable, Equatable {
        package var firmware: Firmware
        package var diskBus: DiskBus
        package var networkCard: NetworkCard

        /// Describes a computer.
        package init(firmware: Firmware, diskBus: DiskBus, networkCard: NetworkCard) {
            self.firmware = firmware
            self.diskBus = diskBus
            self.networkCard = networkCard
        }
    }

    /// The disk image's file.
    package var disk: String
    package var format: DiskFormat
    package var hardware: Hardware
    /// Ports of the guest that are reached through loopback ports of this machine.
    package var guestPorts: [Int]
    package var memoryMiB = 2048
    package var processors = 2
    /// Where the console's log, the process's number and what the guest writes lie; absolute.
    package var folder: String

    /// Describes a machine; see the properties.
    package init(
        disk: String, format: DiskFormat, hardware: Hardware, guestPorts: [Int], folder: String
    ) {
        self.disk = disk
        self.format = format
        self.hardware = hardware
        self.guestPorts = guestPorts
        self.folder = folder
    }

    /// What lies in its folder.
    var files: MachineFiles { MachineFiles(folder: folder) }
}

/// The files of one virtual machine, in a folder of its own.
struct MachineFiles: Sendable, Equatable {
    /// Absolute, without a slash at the end.
    let folder: String

    /// What `qemu` calls its monitor's socket: relative to the folder, in which it works, because a
    /// socket's path may have 107 bytes only.
    static let monitorName = "qmp.sock"

    /// What the guest writes to its first serial port.
    var console: String { "\(folder)/console.log" }
    /// Holds the number of the process while it runs.
    var process: String { "\(folder)/qemu.pid" }
}
