extension VirtualMachine {
    /// An instruction takes the guest two to this power nanoseconds.
    ///
    /// The smaller, the more the guest does in what it takes for a second, and the longer its
    /// waiting in loops takes here. With this one it sees five hundred million instructions a
    /// second, several times what `qemu` executes, and starting Ubuntu costs a tenth more than
    /// by this machine's clock.
    ///
    /// Source: <https://www.qemu.org/docs/master/devel/tcg-icount.html>
    private static let countedShift = 1

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
            "-cpu", acceleration == .kvm ? "host" : "max",
            "-m", String(memoryMiB),
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
        arguments += execution(acceleration)
        arguments += ["-device", diskDevice]
        if let firmwareImage { arguments += ["-bios", firmwareImage] }
        return arguments
    }

    /// Who executes the guest, on how many processors, by which clock.
    ///
    /// With a clock that counts instructions there is one processor: of two, the first waits in a
    /// loop for the second to start, and time stands still meanwhile (7.2).
    private func execution(_ acceleration: Acceleration) -> [String] {
        switch acceleration {
        case .kvm: ["-accel", "kvm", "-smp", String(processors)]
        case .tcg: ["-accel", "tcg,thread=multi", "-smp", String(processors)]
        case .countedTCG:
            [
                "-accel", "tcg,thread=single", "-smp", "1",
                "-icount", "shift=\(Self.countedShift),sleep=on",
            ]
        }
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
