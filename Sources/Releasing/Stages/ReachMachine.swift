package import BuildGraph
import Diagnostics
import JSON

/// A machine that is there already, which playbooks are run on; it takes the place of the one
/// that `LaunchInstance` starts.
package struct ReachMachine: Stage {
    /// Where the machine is.
    package struct Outputs: Codable, Sendable, Equatable {
        package let machine: Machine
        /// A folder for secrets on this machine, which goes when the run ends.
        package let scratchFolder: String
    }

    /// Which machine.
    enum Target: Sendable {
        /// One that somebody else made.
        case given(GivenHost)
        /// The one that stage `machine` started, in this run or an earlier one.
        case launched
    }

    let target: Target
    let services: Services
    /// Where the folder for secrets is made; absolute, without a slash at the end.
    let keyFolder: String

    private static let deadlineSeconds = 300.0

    package var name: StageName { "instance" }
    package var lifetime: StageLifetime { .ephemeral }
    package var revision: Int { 1 }
    package var upstream: [StageName] {
        switch target {
        case .given: []
        case .launched: ["machine"]
        }
    }

    package func preflight(_ context: StageContext) async throws {
        guard case .given(let host) = target else { return }
        _ = try await services.access.publicKey(ofPrivateKeyAt: host.privateKeyPath)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let folder = LaunchInstance.scratchFolder(in: keyFolder, runId: context.runId)
        let entry = try await context.journal.intend(
            .privateKey, at: .machine, name: folder,
            details: services.access.machine.details)
        try services.access.makeFolder(folder)
        try await context.journal.created(entry, id: folder)
        return Outputs(machine: try await machine(context), scratchFolder: folder)
    }

    private func machine(_ context: StageContext) async throws -> Machine {
        switch target {
        case .launched:
            let machine = try context.output(of: LaunchInstance.self).machine
            _ = try await greeting(machine.host, machine.port, context)
            return machine
        case .given(let host):
            let greeted = try await greeting(host.host, host.port, context)
            let known = try await services.access.knownKeys(host: host.host, port: host.port)
            let trusted = try KnownKeys.trusted(greeted: greeted, known: known, host: host.host)
            if known.isEmpty {
                context.warn(
                    "`\(host.host)` is not in your `known_hosts`: the keys that it shows now are "
                        + "taken for its own")
            }
            return Machine(
                host: host.host, port: host.port, user: host.user,
                privateKeyPath: host.privateKeyPath, knownHosts: trusted)
        }
    }

    private func greeting(_ host: String, _ port: Int, _ context: StageContext) async throws
        -> String
    {
        try await services.access.waitForGreeting(
            host: host, port: port, deadlineSeconds: Self.deadlineSeconds,
            onProgress: { context.progress(nil, $0) })
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }

    package func takeDown(_ context: StageContext) async throws {
        try await LeftoverRemoval(services: services).removeUnfinished(context)
    }
}

/// Which of a host's keys count.
enum KnownKeys {
    /// The keys that a host shows and that are known to be its own; all of them where none is.
    ///
    /// - Parameters:
    ///   - greeted: lines of a `known_hosts` file, as `ssh-keyscan` prints them.
    ///   - known: key type and key, such as `ssh-ed25519 AAAA…`, of the user's own file.
    /// - Throws: `ssh.other-host-key` where the host shows only keys that are not known.
    static func trusted(greeted: String, known: Set<String>, host: String) throws -> String {
        guard !known.isEmpty else { return greeted }
        let lines = greeted.split(separator: "\n").filter { line in
            let words = line.split(separator: " ")
            return words.count >= 3 && known.contains("\(words[1]) \(words[2])")
        }
        guard !lines.isEmpty else {
            throw Diagnostic(
                code: "ssh.other-host-key",
                summary: "`\(host)` shows other host keys than your `known_hosts` has for it",
                hint: "make sure that it is the right machine, then remove the old keys: "
                    + "`ssh-keygen -R \(host)`")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
