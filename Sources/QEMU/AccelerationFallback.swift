package import Diagnostics

/// Decides from a failed machine whether the image or the acceleration is to blame.
///
/// KVM within another virtual machine may carry a boot loader and no kernel, or a kernel until it
/// uses one instruction more. So a failure with KVM says nothing of the image before the same
/// machine failed without.
///
/// | with | failed | then |
/// |---|---|---|
/// | TCG | in any way | it is the image |
/// | KVM | because of this machine or a person: files, ports, programs, Ctrl-C | it stays so |
/// | KVM | it ended, stopped, stood still, never answered | KVM is given up, once more by TCG |
/// | KVM | it came up, a check failed | once more by TCG; KVM is given up where that passes |
package enum AccelerationFallback: Sendable, Equatable {
    /// The failure is the result.
    case none
    /// The same machine again without acceleration, and no other with it from now on.
    case givesUp
    /// The same machine again without acceleration.
    case asksAgain

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

    /// Decides by an error's code.
    package init(after error: any Error, with acceleration: Acceleration) {
        let problem = error as? Diagnostic
        switch (acceleration, problem) {
        case (.tcg, _), (_, nil):
            self = .none
        case (.kvm, let problem?) where Self.machineCodes.contains(problem.code):
            self = .givesUp
        case (.kvm, let problem?) where Self.isLocal(problem):
            self = .none
        case (.kvm, _):
            self = .asksAgain
        }
    }
}
