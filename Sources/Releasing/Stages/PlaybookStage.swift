import Ansible
package import BuildGraph
import Diagnostics
import JSON

/// A stage that plays one playbook on the machine of stage `instance`, whichever way that machine
/// came there.
///
/// It lives no longer than the run: what it does is an input of what is made of the machine.
package protocol PlaybookStage: Stage {
    var manifest: ReleaseManifest { get }
    var services: Services { get }
    /// As the manifest names it.
    var playbook: String { get }
    /// What the playbook gets by environment, and by nothing else.
    var passwords: [MachineSecrets.Password] { get }
    /// What has to be done on the machine before.
    var after: [StageName] { get }
}

extension PlaybookStage {
    /// As long as the machine.
    package var lifetime: StageLifetime { .ephemeral }
    /// The first.
    package var revision: Int { 1 }
    /// The machine, and what has to be done on it before.
    package var upstream: [StageName] { ["instance"] + after }

    /// Finds missing passwords.
    package func preflight(_ context: StageContext) async throws {
        _ = try services.secrets.environment(passwords)
    }

    /// What was done to a machine is there for as long as the machine.
    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }

    /// Runs the playbook in a slot for local work.
    ///
    /// - Parameter variables: extra variables besides the manifest's.
    /// - Throws: `secrets.missing`, `graph.no-output`, `ansible.*`; of a machine that somebody
    ///   ended meanwhile, `instance.ended`.
    func play(
        _ variables: [String: JSONValue] = [:], _ context: StageContext
    ) async throws -> AnsibleReport {
        let (machine, scratchFolder) = try context.reachableMachine()
        let secrets = try services.secrets.environment(passwords)
        do {
            return try await context.localSlots.withSlot {
                try await services.play(
                    playbook, on: .machine(machine), secrets: secrets, variables: variables,
                    scratchFolder: scratchFolder, manifest: manifest, context: context)
            }
        } catch let problem as Diagnostic {
            guard let launched = try context.outputs(of: LaunchInstance.self).values.first else {
                throw problem
            }
            throw await MachineFate(aws: services.aws, region: manifest.region)
                .explaining(problem, instanceId: launched.instanceId)
        }
    }
}

extension PlaybookStage where Outputs == PlayRecap {
    /// Plays the playbook; there is nothing to tell but how that ended.
    package func run(_ context: StageContext) async throws -> Outputs {
        let start = context.time.monotonicSeconds()
        let report = try await play([:], context)
        return PlayRecap(report, seconds: context.time.monotonicSeconds() - start)
    }
}

extension StageContext {
    /// The machine of stage `instance`, with a folder for secrets that goes when the run ends.
    ///
    /// - Throws: `graph.no-output`.
    func reachableMachine() throws -> (machine: Machine, scratchFolder: String) {
        if let reached = try outputs(of: ReachMachine.self).values.first {
            return (reached.machine, reached.scratchFolder)
        }
        let launched = try output(of: LaunchInstance.self)
        return (launched.machine, launched.scratchFolder)
    }
}
