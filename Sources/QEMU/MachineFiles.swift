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
