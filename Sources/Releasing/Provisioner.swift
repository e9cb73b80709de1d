package import Ansible
package import Diagnostics
package import DockerEngine
package import JSON

/// Runs playbooks on a machine; the real one drives `ansible-runner`.
package protocol Provisioner: Sendable {
    /// Runs one playbook to its end.
    ///
    /// - Parameters:
    ///   - play: what to run and where.
    ///   - onTask: called as each task begins, with its name and the number of tasks before it.
    ///   - onOutput: gets what a terminal would show.
    /// - Returns: what was done, task by task.
    /// - Throws: `ansible.*`, with the failing task and its message.
    func run(
        _ play: Play, onTask: @escaping @Sendable (_ name: String, _ done: Int) -> Void,
        onOutput: @escaping @Sendable (String) -> Void
    ) async throws -> AnsibleReport
}

/// One run of a playbook on one machine or container.
package struct Play: Sendable {
    /// Absolute path.
    package var playbook: String
    package var target: PlayTarget
    /// Extra variables; no secrets.
    package var variables: JSONValue
    /// Secrets, which travel by environment only.
    package var environment: [String: Secret]
    /// Where temporary files may lie, secrets among them; it is removed with the machine.
    package var scratchFolder: String

    /// Makes a play.
    package init(
        playbook: String, target: PlayTarget, variables: JSONValue,
        environment: [String: Secret], scratchFolder: String
    ) {
        self.playbook = playbook
        self.target = target
        self.variables = variables
        self.environment = environment
        self.scratchFolder = scratchFolder
    }
}

/// What a playbook works on.
package enum PlayTarget: Sendable, Equatable {
    /// A machine that lets a key in.
    case machine(Machine)
    /// A machine that lets a password in, which is the value of one of the play's secrets.
    case passwordMachine(
        host: String, port: Int, user: String, knownHosts: String, passwordVariable: String)
    /// A running container of an engine, by its name.
    case container(name: String, engine: EngineDescription)
}

/// Where a machine is and how to get in.
package struct Machine: Sendable, Codable, Equatable {
    package var host: String
    package var port: Int
    package var user: String
    package var privateKeyPath: String
    /// The host keys seen on first contact, as lines of a `known_hosts` file; no others count.
    package var knownHosts: String

    /// Describes a machine.
    package init(host: String, port: Int, user: String, privateKeyPath: String, knownHosts: String)
    {
        self.host = host
        self.port = port
        self.user = user
        self.privateKeyPath = privateKeyPath
        self.knownHosts = knownHosts
    }
}

/// Makes ssh keys and waits for machines.
package protocol MachineAccess: Sendable {
    /// Makes an ed25519 key pair; the private half never leaves this machine.
    ///
    /// - Parameter folder: where the pair shall lie; made here, for the owner only.
    func makeKeyPair(in folder: String) async throws -> KeyPair
    /// This machine.
    var machine: LocalMachine { get }
    /// Ends the programs of killed runs that still work on this machine.
    ///
    /// - Throws: `process.stray` where one cannot be ended.
    func endStrayProcesses() async throws
    /// What lies at a path, links not followed; nil where there is nothing.
    func folder(at path: String) -> LocalFolder?
    /// Deletes a pair's folder; nothing happens where it is gone already.
    func removeKeyPair(in folder: String) throws
    /// Makes a folder, for the owner only; one that is there stays.
    func makeFolder(_ folder: String) throws
    /// The public half of a private key: a line of `authorized_keys`.
    ///
    /// - Throws: `ssh.unusable-key` where there is no such file, others may read it, it is no key,
    ///   or it has a passphrase.
    func publicKey(ofPrivateKeyAt path: String) async throws -> String
    /// The host keys that the user's own `known_hosts` has for a host.
    ///
    /// - Returns: key type and key, such as `ssh-ed25519 AAAA…`; empty where it has none.
    func knownKeys(host: String, port: Int) async throws -> Set<String>
    /// Copies a private key, for its owner only.
    func copyPrivateKey(from path: String, to destination: String) throws
    /// Writes a machine's host keys where `ssh` can read them.
    func writeKnownHosts(_ lines: String, to path: String) throws
    /// The host keys that were written to a file; nil where it is gone.
    func readKnownHosts(at path: String) throws -> String?
    /// Where a machine that was just started listens for ssh.
    ///
    /// Paper machines of a local cloud share one port, which is seldom the declared one.
    ///
    /// - Parameter declared: the port of the manifest.
    /// - Throws: `ssh.bad-port`, severity `.configuration`.
    func port(ofNewMachineAt declared: Int) async throws -> Int
    /// Waits until the machine's ssh server greets, and pins its host keys.
    ///
    /// - Returns: lines for a `known_hosts` file.
    /// - Throws: `ssh.not-ready` after the deadline, with the last reason.
    func waitForGreeting(
        host: String, port: Int, deadlineSeconds: Double,
        onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> String
}

/// A key pair that was made for one machine.
package struct KeyPair: Sendable {
    /// A line of `authorized_keys`.
    package let publicKey: String
    /// Mode 0600.
    package let privateKeyPath: String

    /// Describes a pair.
    package init(publicKey: String, privateKeyPath: String) {
        self.publicKey = publicKey
        self.privateKeyPath = privateKeyPath
    }
}
