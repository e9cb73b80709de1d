import QEMU

/// How long a machine that starts from an image may take.
///
/// The short limits count only while the machine can run, and five times slower machines keep them
/// easily; the long ones, by the clock, end what would never end.
struct TrialLimits: Sendable, Equatable {
    /// Until the console asks for a login.
    let loginPrompt: BootLimits
    /// From the login prompt until ssh answers.
    let ssh: BootLimits
    /// Altogether.
    let lifeSeconds: Double

    /// The longest that a playbook may take, and some time around it.
    private static let playSeconds = 3.5 * 3600

    /// The limits for a machine that executes so.
    init(_ acceleration: Acceleration) {
        switch acceleration {
        case .kvm:
            // Nothing is lost by too short ones: the machine is tried again without.
            loginPrompt = BootLimits(stillSeconds: 120, totalSeconds: 1200)
            ssh = BootLimits(stillSeconds: 180, totalSeconds: 3600)
        case .tcg, .countedTCG:
            loginPrompt = BootLimits(stillSeconds: 900, totalSeconds: 4 * 3600)
            ssh = BootLimits(stillSeconds: 900, totalSeconds: 4 * 3600)
        }
        lifeSeconds = loginPrompt.totalSeconds + ssh.totalSeconds + Self.playSeconds
    }
}
