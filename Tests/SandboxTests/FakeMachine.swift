import Diagnostics
import Sandbox
import Synchronization
import Testing

/// Keys and greetings as a test tells them.
struct FakeAccess: MachineAccess {
    let timeline: Timeline
    /// Why a key's folder cannot be removed; nil where it can.
    var removalProblem: Diagnostic?

    func makeKeyPair(in folder: String) async throws -> KeyPair {
        timeline.add("make key")
        return KeyPair(publicKey: "ssh-ed25519 AAAA test", privateKeyPath: "\(folder)/id")
    }

    func removeKeyPair(in folder: String) throws {
        timeline.add("remove key \(folder)")
        if let removalProblem { throw removalProblem }
    }

    func waitForGreeting(
        host: String, port: Int, deadlineSeconds: Double,
        onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        timeline.add("greeting \(host):\(port)")
        return "\(host) ssh-ed25519 BBBB"
    }
}

/// The address that this machine is said to have.
struct FakeAddress: CallerAddress {
    /// Nil where nobody may ask.
    var address: String?

    func current() async throws -> String {
        guard let address else {
            Issue.record("nobody should ask for the caller's address")
            throw Diagnostic(code: "test.unexpected-call", summary: "no address is told")
        }
        return address
    }
}

/// A provisioner that no test of these stages may reach.
struct NoProvisioner: Provisioner {
    func run(
        _ play: Play, onTask: @escaping @Sendable (_ name: String, _ done: Int) -> Void
    ) async throws -> PlayRecap {
        Issue.record("nothing should be played")
        throw Diagnostic(code: "test.unexpected-call", summary: play.playbook)
    }
}
