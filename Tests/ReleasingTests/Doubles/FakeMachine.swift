import Ansible
import Diagnostics
import QEMU
import Releasing
import Synchronization
import Testing

/// Keys and greetings as a test tells them.
struct FakeAccess: MachineAccess {
    let timeline: Timeline
    /// Why a key's folder cannot be removed; nil where it can.
    var removalProblem: Diagnostic?
    /// Why nobody greets; nil where somebody does.
    var greetingProblem: Diagnostic?
    /// Whether every machine shows the same host key.
    var sameHostKeys = false
    /// What the user's own file has.
    var knownKeys: Set<String> = []

    func makeKeyPair(in folder: String) async throws -> KeyPair {
        timeline.add("make key")
        return KeyPair(publicKey: "ssh-ed25519 AAAA test", privateKeyPath: "\(folder)/id")
    }

    /// What the private key's public half is.
    static let publicKey = "ssh-ed25519 AAAA mine"

    func makeFolder(_ folder: String) throws { timeline.add("make folder \(folder)") }

    func publicKey(ofPrivateKeyAt path: String) async throws -> String { Self.publicKey }

    func knownKeys(host: String, port: Int) async throws -> Set<String> { knownKeys }

    func copyPrivateKey(from path: String, to destination: String) throws {
        timeline.add("copy \(path) to \(destination)")
    }

    func writeKnownHosts(_ lines: String, to path: String) throws {
        timeline.add("known hosts \(path)")
    }

    /// What was written of the host keys of a machine that was kept.
    var keptHostKeys: String?

    func readKnownHosts(at path: String) throws -> String? {
        timeline.add("read \(path)")
        return keptHostKeys
    }

    /// What lies at paths that are not the run's own.
    var folders: [String: LocalFolder] = [:]

    /// A folder of the test's own that is temporary too.
    var temporaryFolder = "/tmp"

    var machine: LocalMachine {
        LocalMachine(place: "here", temporaryFolders: ["/keys", "/tmp", temporaryFolder])
    }

    func endStrayProcesses() async throws {}

    func folder(at path: String) -> LocalFolder? {
        folders[path] ?? LocalFolder(isFolder: true, isOwn: true, isPrivate: true)
    }

    func removeKeyPair(in folder: String) throws {
        timeline.add("remove key \(folder)")
        if let removalProblem { throw removalProblem }
    }

    func port(ofNewMachineAt declared: Int) async throws -> Int { declared }

    func waitForGreeting(
        host: String, port: Int, deadlineSeconds: Double,
        onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        timeline.add("greeting \(host):\(port)")
        if let greetingProblem { throw greetingProblem }
        return sameHostKeys ? "\(host) ssh-ed25519 BBBB" : "\(host) ssh-ed25519 BBBB\(port)"
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
        _ play: Play, onTask: @escaping @Sendable (_ name: String, _ done: Int) -> Void,
        onOutput: @escaping @Sendable (String) -> Void
    ) async throws -> AnsibleReport {
        Issue.record("nothing should be played")
        throw Diagnostic(code: "test.unexpected-call", summary: play.playbook)
    }
}

/// An emulator that no test of these stages may reach.
struct NoEmulator: MachineEmulator {
    func preflight(_ firmware: [Firmware]) throws { try refuse() }
    func version() throws -> String {
        throw Diagnostic(code: "test.unexpected-call", summary: "version")
    }

    func acceleration() throws -> Acceleration {
        try refuse()
        return .tcg
    }
    func giveUpAcceleration() -> Bool {
        Issue.record("no acceleration should be given up")
        return false
    }
    func run<Result: Sendable>(
        _ machine: VirtualMachine, by acceleration: Acceleration, deadlineSeconds: Double,
        _ work: @escaping @Sendable (RunningMachine) async throws -> Result
    ) async throws -> Result {
        try refuse()
        return try await work(RunningMachine(ports: [:], folder: "", time: SystemTimeSource()))
    }
    func endMachines(below folder: String) throws { try refuse() }

    private func refuse() throws {
        Issue.record("no machine should be started or ended")
        throw Diagnostic(code: "test.unexpected-call", summary: "no emulator")
    }
}
