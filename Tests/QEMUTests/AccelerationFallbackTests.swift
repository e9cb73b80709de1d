import Diagnostics
import Testing

@testable import QEMU

@Suite struct AccelerationFallbackTests {
    private func fallback(
        _ code: String, _ acceleration: Acceleration, share: Double? = nil
    ) -> AccelerationFallback {
        AccelerationFallback(
            after: Diagnostic(code: code, summary: "x"), with: acceleration, share: share)
    }

    @Test(arguments: [
        "qemu.ended", "qemu.stopped", "qemu.no-login-prompt", "qemu.guest-panicked", "qemu.no-ssh",
        "ssh.not-ready", "process.timeout", "qemu.kvm-given-up",
    ])
    func `a machine that fails with KVM is tried without, and one that fails without is bad`(
        code: String
    ) {
        #expect(fallback(code, .kvm) == .givesUp)
        #expect(fallback(code, .tcg) == .none)
    }

    @Test(arguments: ["ansible.failed", "verify.anything", "test.unheard-of"])
    func `a check that fails with KVM is asked again before KVM is blamed`(code: String) {
        #expect(fallback(code, .kvm) == .asksAgain)
        #expect(fallback(code, .tcg) == .none)
    }

    @Test(arguments: [
        "qemu.no-port", "qemu.io-error", "process.not-found", "file.disk-full", "file.unwritable",
    ])
    func `what this machine lacks is not tried again`(code: String) {
        #expect(fallback(code, .kvm) == .none)
        #expect(AccelerationFallback.isLocal(Diagnostic(code: code, summary: "x")))
    }

    @Test func `neither a person's wish nor a setting is KVM's fault`() {
        #expect(
            AccelerationFallback(after: CancellationError(), with: .kvm, share: 0.1) == .none)
        #expect(
            AccelerationFallback(after: CancellationError(), with: .tcg, share: 0.1) == .none)
        for severity in [Diagnostic.Severity.configuration, .interrupted, .locked] {
            let problem = Diagnostic(code: "x", severity: severity, summary: "x")
            for acceleration in [Acceleration.kvm, .tcg] {
                #expect(
                    AccelerationFallback(after: problem, with: acceleration, share: 0.1) == .none)
            }
        }
    }

    @Test(arguments: ["qemu.no-login-prompt", "qemu.ended", "ansible.task-failed", "ssh.not-ready"])
    func `a machine that got too little is no verdict, once`(code: String) {
        for share in [0, 0.2, 0.74] {
            #expect(fallback(code, .tcg, share: share) == .countsInstructions)
            #expect(fallback(code, .countedTCG, share: share) == .none)
        }
        for share in [nil, 0.76, 1, 1.9] { #expect(fallback(code, .tcg, share: share) == .none) }
    }

    @Test func `what this machine lacks is its own, however little a guest got`() {
        #expect(fallback("qemu.io-error", .tcg, share: 0.1) == .none)
    }

    @Test func `with KVM, KVM is asked before the clock`() {
        #expect(fallback("qemu.no-login-prompt", .kvm, share: 0.1) == .givesUp)
        #expect(fallback("ansible.task-failed", .kvm, share: 0.1) == .asksAgain)
    }

    @Test func `the slowest of several is known`() {
        #expect(Acceleration.slowest(of: [.kvm, .countedTCG, .tcg]) == .countedTCG)
        #expect(Acceleration.slowest(of: [.kvm, .tcg]) == .tcg)
        #expect(Acceleration.slowest(of: []) == nil)
    }
}
