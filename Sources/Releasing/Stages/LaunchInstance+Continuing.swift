import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials

/// A machine that a failed run left standing (`--on-error keep`), and the next run goes on with.
///
/// The journal names its parts and until when they are left alone. What leads onto the machine
/// comes from AWS and from the run's own private folder, never from the journal: passwords go
/// there.
///
/// | what is found | what happens |
/// |---|---|
/// | made on another machine, or before a restart | another one is started beside it |
/// | its time is nearly over, it has ended, or does not greet | it goes, another one is started |
/// | made of other inputs, or for another key pair | the same |
/// | `--fresh-machine` | the same |
/// | none of these | the run goes on with it |
extension LaunchInstance {
    /// What is left of its life has to be enough for the rest of a release.
    private static let shortestRestSeconds = 3600.0
    private static let greetingAgainSeconds = 60.0
    private static let keyDetail = "keyPair"
    /// The result's word for what was made of such a machine.
    static let origin = "kept machine"

    /// Writes down that the machine stays, and what leads onto it.
    package func leaveStanding(
        _ outputs: Outputs, begun: Set<StageName>, _ context: StageContext
    ) async throws -> String? {
        guard lastingFolder == nil else { return nil }
        let files = LastingFiles(folder: outputs.scratchFolder, stackName: outputs.stackName)
        let machine = try store(outputs.machine, in: files)
        let command = SSHCommand.text(machine, knownHostsPath: files.knownHostsPath)
        // What is held already is another machine's.
        let entries = await context.journal.unfinished().filter { $0.hold == nil }
        let start =
            entries.first { $0.kind == .stack && $0.name == outputs.stackName }?.time
            ?? context.time.now()
        let until = start.addingTimeInterval(Double(Self.maximumLifeMinutes) * 60)
        let words = "instance `\(outputs.instanceId)` of stack `\(outputs.stackName)`"
        guard !begun.contains(ResetPassword.stageName) else {
            return "\(words) stays: \(command) (its default password is set already, so the next "
                + "run removes it and starts another one)"
        }
        let hold = JournalHold(until: until, details: holdDetails)
        for entry in entries { try await context.journal.hold(entry.entry, hold) }
        return "\(words) stays until \(Timestamp.text(until)); mend what failed and run the same "
            + "command again, which goes on with this machine; `dssbatch clean` removes it\n"
            + "to look at it: \(command)"
    }

    /// The machine that an earlier run left standing, if this run can go on with it.
    ///
    /// Its parts are this run's own then, or leftovers that `takeDown` removes.
    ///
    /// - Throws: what the journal throws.
    func continued(_ context: StageContext) async throws -> Outputs? {
        let held = await context.journal.unfinished().filter {
            $0.isHeld(at: context.time.now())
        }
        let isHere: (JournalHold?) -> Bool = { hold in
            hold?.details[LocalMachine.placeDetail] == holdDetails[LocalMachine.placeDetail]
        }
        let stacks = held.filter { $0.kind == .stack }
        for other in stacks where !isHere(other.hold) {
            context.warn(
                "the machine of stack `\(other.label)` was kept on another computer, or before "
                    + "this one started: it is left alone")
        }
        // The newest, where a run was told to start a fresh one and could not remove another.
        guard let stack = stacks.last(where: { isHere($0.hold) }), let hold = stack.hold else {
            return nil
        }
        for entry in held where isHere(entry.hold) {
            try await context.journal.release(entry.entry)
        }
        do {
            let found = try await machine(of: stack, hold, context)
            context.progress(nil, "going on with the kept instance \(found.instanceId)")
            return found
        } catch let objection as ContinuationObjection {
            context.warn(
                "the kept machine of stack `\(stack.label)` is removed, and another one started: "
                    + objection.reason)
            return nil
        }
    }

    /// Where the machine is kept, and whom it lets in.
    private var holdDetails: [String: String] {
        var details = services.access.machine.details
        if let existingKey { details[Self.keyDetail] = existingKey.name }
        return details
    }

    /// Finds a kept machine, and greets it.
    ///
    /// - Throws: `ContinuationObjection`; what AWS and the journal throw.
    private func machine(
        of entry: JournalEntry, _ hold: JournalHold, _ context: StageContext
    ) async throws -> Outputs {
        if startsFresh { throw ContinuationObjection("`--fresh-machine` wants it so") }
        let restSeconds = hold.until.timeIntervalSince(context.time.now())
        guard restSeconds >= Self.shortestRestSeconds else {
            throw ContinuationObjection("it ends itself in less than an hour")
        }
        let ofTheseInputs = await context.journal.resumable(of: LeftoverKind.stack)
        guard ofTheseInputs.contains(where: { $0.entry == entry.entry }) else {
            throw ContinuationObjection(
                "`/instance`, the base image or `\(Self.template)` changed")
        }
        guard let stack = try await stacks(context).find(entry.label),
            stack.status == "CREATE_COMPLETE",
            LeftoverClaim(leftover: try Leftover(entry)).objection(to: stack) == nil,
            let instanceId = stack.outputs["InstanceId"], let host = Self.host(in: stack.outputs)
        else { throw ContinuationObjection("its stack is gone, or not ours") }
        guard case .exists = try await existence(of: instanceId, context) else {
            throw ContinuationObjection("it has ended")
        }
        guard hold.details == holdDetails else {
            throw ContinuationObjection("it lets another key pair in")
        }
        let folder = try await keptFolder(entry, context)
        let files = LastingFiles(folder: folder, stackName: stack.name)
        let port = try await services.access.port(ofNewMachineAt: settings.sshPort)
        let knownHosts = try await greeting(host, port, files, context)
        let scratchFolder = scratchFolder(context)
        if scratchFolder != folder {
            let own = try await context.journal.intend(
                .privateKey, at: .machine, name: scratchFolder,
                details: services.access.machine.details)
            try services.access.makeFolder(scratchFolder)
            try await context.journal.created(own, id: scratchFolder)
        }
        return Outputs(
            stackName: stack.name, instanceId: instanceId, publicDnsName: host,
            machine: Machine(
                host: host, port: port, user: settings.user,
                privateKeyPath: existingKey?.privateKeyPath ?? files.privateKeyPath,
                knownHosts: knownHosts),
            scratchFolder: scratchFolder, origin: Self.origin)
    }

    /// The private folder of the run that made the machine.
    private func keptFolder(
        _ stack: JournalEntry, _ context: StageContext
    ) async throws -> String {
        let parts = await context.journal.unfinished().filter { $0.runId == stack.runId }
        for entry in parts where entry.kind == .privateKey {
            guard let path = entry.id, let found = services.access.folder(at: path),
                LeftoverClaim(leftover: try Leftover(entry)).objection(
                    toFolder: path, found, on: services.access.machine) == nil
            else { continue }
            return path
        }
        throw ContinuationObjection("its private key is gone")
    }

    private func greeting(
        _ host: String, _ port: Int, _ files: LastingFiles, _ context: StageContext
    ) async throws -> String {
        let greeted: String
        do {
            greeted = try await services.access.waitForGreeting(
                host: host, port: port, deadlineSeconds: Self.greetingAgainSeconds,
                onProgress: { context.progress(nil, $0) })
        } catch let problem as Diagnostic where problem.code == "ssh.not-ready" {
            throw ContinuationObjection("it does not answer any more")
        }
        let known = try services.access.readKnownHosts(at: files.knownHostsPath)
        guard known.map({ Self.keys(in: $0) }) == Self.keys(in: greeted) else {
            throw ContinuationObjection("its host keys are not those that it had")
        }
        return greeted
    }

    private static func keys(in knownHosts: String) -> Set<Substring> {
        Set(knownHosts.split(separator: "\n"))
    }

}

/// Why a run does not go on with a machine that was kept.
private struct ContinuationObjection: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
