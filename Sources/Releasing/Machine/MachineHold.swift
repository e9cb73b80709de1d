import Diagnostics
package import FoundationEssentials
package import JSON

/// Tells a person how to get into a machine, and knows when they are done with it.
package protocol MachineHold: Sendable {
    /// Called once, when the machine is ready.
    func ready(_ machine: ReadyMachine) async
    /// Returns when the person is done, or when the task is cancelled.
    func untilReleased() async
}

/// A machine that a person may log in to.
package struct ReadyMachine: Sendable, Equatable {
    package let stackName: String
    package let instanceId: String
    package let machine: Machine
    /// A file with the machine's host keys.
    package let knownHostsPath: String
    /// Whether it outlives the run.
    package let lasts: Bool
    /// The machine ends itself so many minutes after its start.
    package let lifeMinutes: Int

    /// What to type to get in.
    package var sshCommand: String { SSHCommand.text(machine, knownHostsPath: knownHostsPath) }

    /// The line of `--json`.
    package func json(at time: Date) -> JSONValue {
        [
            "event": "machine-ready", "time": .string(Timestamp.text(time)),
            "stackName": .string(stackName), "instanceId": .string(instanceId),
            "host": .string(machine.host), "port": .integer(Int64(machine.port)),
            "user": .string(machine.user), "privateKeyPath": .string(machine.privateKeyPath),
            "knownHostsPath": .string(knownHostsPath), "sshCommand": .string(sshCommand),
            "lasts": .bool(lasts), "lifeMinutes": .integer(Int64(lifeMinutes)),
        ]
    }
}
