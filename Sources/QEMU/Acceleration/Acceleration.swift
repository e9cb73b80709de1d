/// Who executes the guest's instructions, and what the guest's clock goes by.
package enum Acceleration: String, Sendable, Codable {
    /// The processor itself.
    case kvm
    /// `qemu`, which is ten to twenty times slower; the guest's clock is this machine's.
    case tcg
    /// `qemu`, and while the guest computes its clock counts its instructions.
    ///
    /// So a guest that hardly gets a processor sees a slow world, not a slow processor: what it
    /// allows itself (systemd gives a device and a service 90 seconds) is enough for the same work
    /// on any machine. While it sleeps, its clock is this machine's.
    case countedTCG = "tcg-counted"

    /// Who is slower comes later.
    private static let bySpeed: [Acceleration] = [.kvm, .tcg, .countedTCG]

    /// The slowest that was used; nil of none.
    package static func slowest(of used: [Acceleration]) -> Acceleration? {
        bySpeed.last(where: used.contains)
    }
}
