/// Who executes the guest's instructions.
package enum Acceleration: String, Sendable, Codable {
    /// The processor itself.
    case kvm
    /// `qemu`, which is ten to twenty times slower.
    case tcg
}
