package import Diagnostics

/// Decides from a failed machine whether the image is to blame, or what executed it.
///
/// KVM within another virtual machine may carry a boot loader and no kernel, or a kernel until it
/// uses one instruction more. So a failure with KVM says nothing of the image before the same
/// machine failed without. And a guest that hardly got a processor fails by its own clock, which
/// goes on all the same: that says nothing before it failed with a clock that waits for it.
///
/// | with | failed | then |
/// |---|---|---|
/// | anything | because of this machine or a person: files, ports, programs, Ctrl-C | it stays so |
/// | KVM | it ended, stopped, stood still, never answered | KVM is given up, once more by TCG |
/// | KVM | it came up, a check failed | once more by TCG; KVM is given up where that passes |
/// | TCG | in any other way, with most of the processor time that it wanted | it is the image |
/// | TCG | in any other way, with markedly less | once more by counted TCG, alone |
/// | counted TCG | in any other way | it is the image |
package enum AccelerationFallback: Sendable, Equatable {
    /// The failure is the result.
    case none
    /// The same machine again without acceleration, and no other with it from now on.
    case givesUp
    /// The same machine again without acceleration.
    case asksAgain
    /// The same machine again with a clock that counts instructions, and no other beside it.
    case countsInstructions

    /// A machine that could always run got at least this share of what it wanted; sampling a
    /// busy process misjudges it by some per cent.
    private static let fullShare = 0.75

    private static let machineCodes: Set<String> = [
        "qemu.ended", "qemu.stopped", "qemu.no-login-prompt", "qemu.guest-panicked", "qemu.no-ssh",
        "process.timeout", "ssh.not-ready", givenUpCode,
    ]
    private static let localCodes: Set<String> = [
        "qemu.no-port", "qemu.port-taken", "qemu.io-error", "process.not-found", "process.not-run",
    ]

    /// How a machine with KVM ends when KVM is given up because of another.
    static let givenUpCode = "qemu.kvm-given-up"

    /// Whether an error is this machine's or a person's, whatever is on the image.
    package static func isLocal(_ problem: Diagnostic) -> Bool {
        localCodes.contains(problem.code) || problem.code.hasPrefix("file.")
            || problem.severity != .failure
    }

    /// Decides by an error's code and by how the machine fared.
    ///
    /// - Parameter share: of the processor time that it wanted, what it got; nil where it wanted
    ///   hardly any, or nobody knows.
    package init(after error: any Error, with acceleration: Acceleration, share: Double?) {
        guard let problem = error as? Diagnostic else {
            self = .none
            return
        }
        switch acceleration {
        case .kvm where Self.machineCodes.contains(problem.code):
            self = .givesUp
        case _ where Self.isLocal(problem):
            self = .none
        case .kvm:
            self = .asksAgain
        case .tcg:
            self = (share ?? 1) < Self.fullShare ? .countsInstructions : .none
        case .countedTCG:
            self = .none
        }
    }
}
