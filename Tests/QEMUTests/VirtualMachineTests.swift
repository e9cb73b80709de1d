import Testing

@testable import QEMU

@Suite struct VirtualMachineTests {
    private func arguments(
        _ hardware: VirtualMachine.Hardware, format: VirtualMachine.DiskFormat = .vmdk,
        acceleration: Acceleration = .tcg, disk: String = "/d/disk.vmdk", firmware: String? = nil
    ) -> [String] {
        VirtualMachine(
            disk: disk, format: format, hardware: hardware, guestPorts: [22, 8888], folder: "/f"
        ).arguments(
            acceleration: acceleration, firmwareImage: firmware, ports: [22: 4022, 8888: 4088])
    }

    private static let plain = VirtualMachine.Hardware(
        firmware: .bios, diskBus: .ide, networkCard: .e1000)

    private func value(_ option: String, _ arguments: [String]) -> String? {
        arguments.firstIndex(of: option).map { arguments[$0 + 1] }
    }

    @Test func `nothing is listened on but loopback, and nothing is written to the image`() throws {
        let arguments = arguments(Self.plain)
        let network = try #require(value("-netdev", arguments))
        #expect(network.contains("hostfwd=tcp:127.0.0.1:4022-:22"))
        #expect(network.contains("hostfwd=tcp:127.0.0.1:4088-:8888"))
        let drive = try #require(value("-drive", arguments))
        #expect(drive.contains("snapshot=on"))
        #expect(drive.hasSuffix("format=vmdk,file=/d/disk.vmdk"))
    }

    @Test func `the monitor's socket is named by a path that is never too long`() throws {
        let arguments = arguments(Self.plain)
        #expect(value("-qmp", arguments) == "unix:qmp.sock,server=on,wait=off")
        #expect(value("-pidfile", arguments) == "/f/qemu.pid")
    }

    @Test func `a comma in a path does not end an option`() throws {
        let drive = try #require(value("-drive", arguments(Self.plain, disk: "/d/a,b.vmdk")))
        #expect(drive.hasSuffix("file=/d/a,,b.vmdk"))
    }

    @Test(arguments: [
        (Acceleration.kvm, "kvm", "host"), (.tcg, "tcg,thread=multi", "max"),
        (.countedTCG, "tcg,thread=single", "max"),
    ])
    func `who executes the guest decides which processor it sees`(
        acceleration: Acceleration, accelerator: String, processor: String
    ) {
        let arguments = arguments(Self.plain, acceleration: acceleration)
        #expect(value("-accel", arguments) == accelerator)
        #expect(value("-cpu", arguments) == processor)
    }

    @Test func `only a clock that counts instructions is asked for, with one processor`() {
        let counted = arguments(Self.plain, acceleration: .countedTCG)
        #expect(value("-icount", counted) == "shift=1,sleep=on")
        #expect(value("-smp", counted) == "1")
        let plain = arguments(Self.plain)
        #expect(!plain.contains("-icount"))
        #expect(value("-smp", plain) == "2")
    }

    @Test func `UEFI comes with its file, BIOS without`() {
        let uefi = VirtualMachine.Hardware(
            firmware: .uefi, diskBus: .sata, networkCard: .vmxnet3)
        #expect(value("-bios", arguments(uefi, firmware: "/OVMF.fd")) == "/OVMF.fd")
        #expect(value("-machine", arguments(uefi, firmware: "/OVMF.fd")) == "q35")
        #expect(!arguments(Self.plain).contains("-bios"))
        #expect(value("-machine", arguments(Self.plain)) == "pc")
    }

    @Test func `firmware that is not there is named with the package that brings it`() throws {
        #expect(try Firmware.bios.image { _ in false } == nil)
        #expect(try Firmware.uefi.image { $0 == "/usr/share/qemu/OVMF.fd" } != nil)
        let error = #expect(throws: (any Error).self) { try Firmware.uefi.image { _ in false } }
        #expect("\(String(describing: error))".contains("ovmf"))
    }
}
