import Diagnostics
import Testing

@testable import QEMU

@Suite struct AccelerationFallbackTests {
    private func fallback(_ code: String, _ acceleration: Acceleration) -> AccelerationFallback {
        AccelerationFallback(after: Diagnostic(code: code, summary: "x"), with: acceleration)
    }

    @Test(arguments: [
        "qemu.ended", "qemu.stopped", "qemu.no-login-prompt", "qemu.guest-panicked", "qemu.no-ssh",
        "ssh.not-ready", "process.timeout",
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
        #expect(AccelerationFallback(after: CancellationError(), with: .kvm) == .none)
        for severity in [Diagnostic.Severity.configuration, .interrupted, .locked] {
            let problem = Diagnostic(code: "x", severity: severity, summary: "x")
            #expect(AccelerationFallback(after: problem, with: .kvm) == .none)
        }
    }
}
