import QEMU

/// How long a machine that starts from an image may take.
struct TrialLimits: Sendable, Equatable {
    /// Until the console asks for a login, in seconds from the start.
    let loginPromptSeconds: Double
    /// From the login prompt until ssh answers.
    let sshSeconds: Double
    /// Altogether.
    let lifeSeconds: Double

    /// The limits for a machine that executes so.
    init(_ acceleration: Acceleration) {
        // Emulated ones are up to twenty times slower, and two of them share the processors.
        let factor: Double = acceleration == .kvm ? 1 : 5
        loginPromptSeconds = 180 * factor
        sshSeconds = 120 * factor
        lifeSeconds = 900 * factor
    }
}
