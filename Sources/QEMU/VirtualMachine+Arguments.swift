extension VirtualMachine {
    /// The command line of `qemu-system-x86_64`, without the program's own name.
    ///
    /// Source: <https://www.qemu.org/docs/master/system/invocation.html>
    ///
    /// - Parameters:
    ///   - acceleration: who executes the guest.
    ///   - firmwareImage: as `Firmware.image` gives it.
    ///   - ports: a loopback port of this machine for each port of the guest.
    package func arguments(
        acceleration: Acceleration, firmwareImage: String?, ports: [Int: Int]
    ) -> [String] {
        let forwards = guestPorts.compactMap { guest in
            ports[guest].map { ",hostfwd=tcp:127.0.0.1:\($0)-:\(guest)" }
        }
        var arguments = [
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", hardware.firmware == .bios ? "pc" : "q35",
            "-accel", acceleration == .kvm ? "kvm" : "tcg,thread=multi",
            "-cpu", acceleration == .kvm ? "host" : "max",
            "-smp", String(processors), "-m", String(memoryMiB),
            "-device", "virtio-rng-pci",
            "-serial", "file:\(Self.escaped(files.console))",
            "-pidfile", files.process,
            "-qmp", "unix:\(MachineFiles.monitorName),server=on,wait=off",
            // Changes go to a temporary file: the image is the artifact itself.
            "-drive",
            "if=none,id=disk,snapshot=on,format=\(format.rawValue),file=\(Self.escaped(disk))",
            "-netdev", "user,id=net,ipv6=off" + forwards.joined(),
            "-device", "\(hardware.networkCard.rawValue),netdev=net",
        ]
        arguments += ["-device", diskDevice]
        if let firmwareImage { arguments += ["-bios", firmwareImage] }
        return arguments
    }

    private var diskDevice: String {
        switch (hardware.diskBus, hardware.firmware) {
        case (.ide, _): "ide-hd,drive=disk"
        // `q35` has a SATA controller of its own, `pc` gets one.
        case (.sata, .uefi): "ide-hd,drive=disk,bus=ide.0"
        case (.sata, .bios): "ide-hd,drive=disk"
        case (.virtio, _): "virtio-blk-pci,drive=disk"
        }
    }

    /// A path within an option's list, where a comma is written twice.
    private static func escaped(_ path: String) -> String {
        path.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }
}
