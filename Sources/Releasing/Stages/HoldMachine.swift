package import BuildGraph
import Diagnostics
import JSON

/// Hands a machine over to a person, and keeps it up until they are done with it.
package struct HoldMachine: Stage {
    /// How long the machine was theirs.
    package struct Outputs: Codable, Sendable, Equatable {
        package let seconds: Double
    }

    let hold: any MachineHold
    let access: any MachineAccess
    /// Where the files of a machine lie that outlives the run; nil where it does not.
    let lastingFolder: String?
    /// The stages that start the machine and work on it.
    package let upstream: [StageName]

    package var name: StageName { "hold" }
    package var lifetime: StageLifetime { .ephemeral }
    package var revision: Int { 1 }

    package func run(_ context: StageContext) async throws -> Outputs {
        let launched = try context.output(of: LaunchInstance.self)
        let (machine, scratchFolder) = try context.reachableMachine()
        let lasting = lastingFolder.map {
            LastingFiles(folder: $0, stackName: launched.stackName).knownHostsPath
        }
        let knownHostsPath = lasting ?? "\(scratchFolder)/known_hosts"
        if lasting == nil {
            try access.writeKnownHosts(machine.knownHosts, to: knownHostsPath)
        }
        let start = context.time.monotonicSeconds()
        await hold.ready(
            ReadyMachine(
                stackName: launched.stackName, instanceId: launched.instanceId, machine: machine,
                knownHostsPath: knownHostsPath, lasts: lasting != nil,
                lifeMinutes: LaunchInstance.maximumLifeMinutes))
        if await !isReleased(context) {
            context.warn("nobody has given the machine back, and by now it has ended itself")
        }
        try Task.checkCancellation()
        return Outputs(seconds: context.time.monotonicSeconds() - start)
    }

    /// Whether the machine was given back while it lived.
    private func isReleased(_ context: StageContext) async -> Bool {
        let seconds = Double(LaunchInstance.maximumLifeMinutes) * 60
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await hold.untilReleased()
                return true
            }
            group.addTask {
                do { try await context.time.sleep(seconds: seconds) } catch { return true }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? true
        }
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }
}
