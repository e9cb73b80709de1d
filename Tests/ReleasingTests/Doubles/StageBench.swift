import BuildGraph
import Diagnostics
import DockerEngine
import Foundation
import GitHub
import JSON
import QEMU
import Releasing
import Synchronization
import TestSupport
import Testing

/// What it takes to run one stage alone: scripted services, a journal, a clock that stands.
final class StageBench: Sendable {
    static let region = "eu-central-1"
    /// The key of the stage's present inputs.
    static let key = "sha256:now"
    /// The run of the stage.
    static let run = "run-1"
    /// The run that the first thing left behind was of.
    static let earlierRun = "run-0.0"

    let timeline: Timeline
    let aws: ScriptedAWS
    let results: TimelineResults
    let engine: ScriptedContainerEngine
    let clock = TestClock()
    let services: Services
    private let said = Mutex<[String]>([])

    init(
        callerAddress: String? = nil, keyRemovalProblem: Diagnostic? = nil,
        timeline: Timeline = Timeline(), sameHostKeys: Bool = false,
        knownKeys: Set<String> = [], greetingProblem: Diagnostic? = nil,
        folders: [String: LocalFolder] = [:], temporaryFolder: String = "/tmp",
        provisioner: any Provisioner = NoProvisioner(),
        emulator: any MachineEmulator = NoEmulator(),
        registryConfiguration: String? = nil,
        secrets: MachineSecrets = MachineSecrets([:]),
        workstation: any Workstation = FakeWorkstation(),
        realms: (any RealmSource)? = nil
    ) {
        self.timeline = timeline
        aws = ScriptedAWS(timeline)
        results = TimelineResults(timeline)
        engine = ScriptedContainerEngine(timeline)
        services = Services(
            aws: aws, provisioner: provisioner,
            access: FakeAccess(
                timeline: timeline, removalProblem: keyRemovalProblem,
                greetingProblem: greetingProblem, sameHostKeys: sameHostKeys,
                knownKeys: knownKeys, folders: folders,
                temporaryFolder: temporaryFolder),
            callerAddress: FakeAddress(address: callerAddress), emulator: emulator,
            engine: engine,
            registryLogin: RegistryLogin(
                files: DockerFiles(environment: ["DOCKER_CONFIG": "/docker"]) { _ in
                    registryConfiguration.map { Array($0.utf8) }
                },
                processes: ScriptedProcessRunner { command in
                    Issue.record("nothing should be run: \(command.executable)")
                    throw Diagnostic(code: "test.unexpected-call", summary: command.executable)
                }),
            releases: NoReleaseHost(), secrets: secrets, workstation: workstation, time: clock,
            realms: realms)
    }

    /// What the stage showed and warned of.
    var messages: [String] { said.withLock { $0 } }

    /// What a stage sees in run `run-1`.
    func context(
        _ stage: StageName, upstream: [UpstreamOutputs.Entry] = []
    ) async throws -> StageContext {
        let journal = try await Journal(store: results, runId: "run-1", time: clock)
        return StageContext(
            stage: stage, assetId: "1.0", runId: "run-1", time: clock, results: results,
            previousSeconds: nil,
            journal: StageJournal(stage: stage, journal: journal, key: Self.key),
            localSlots: SlotPool(slots: 2), upstreamOutputs: UpstreamOutputs(upstream),
            previousOutputs: nil, progress: { _, message in self.say(message) },
            warn: { self.say($0) })
    }

    /// Leaves an unfinished entry of an interrupted run `run-0`.
    ///
    /// - Parameters:
    ///   - resource: as the journal's line has it, of whatever version.
    ///   - ageSeconds: how long ago; by default so long that all is seen that came of it.
    @discardableResult
    func leave(
        _ resource: String, of stage: StageName, name: String? = nil, token: String? = nil,
        id: String? = nil, details: [String: String] = [:], key: String = StageBench.key,
        ageSeconds: Double = 3600
    ) async throws -> JournalEntry {
        let clock = TestClock(self.clock.now().addingTimeInterval(-ageSeconds))
        let journal = try await Journal(store: results, runId: "run-0", time: clock)
        let before = await journal.unfinished().count
        // A journal numbers its entries from one, so each gets a run of its own.
        let own = try await Journal(store: results, runId: "run-0.\(before)", time: clock)
        let entry = try await own.intend(
            stage: stage, resource: resource, region: Self.region, name: name, token: token,
            details: details.merging(["key": key]) { $1 })
        if let id { try await own.created(entry, id: id) }
        let left = await own.unfinished().last { $0.entry == entry }
        return try left.orThrow()
    }

    /// What the journal on the disk holds, as `resource id-or-name`.
    func unfinished() async throws -> [String] {
        try await Journal(store: results, runId: "look", time: clock).unfinished()
            .map { "\($0.resource) \($0.id ?? $0.name ?? "?")" }
    }

    private func say(_ message: String) { said.withLock { $0.append(message) } }
}

/// A GitHub that nobody may ask.
struct NoReleaseHost: ReleaseHost {
    func checkConfiguration() throws {
        throw Diagnostic(code: "test.unexpected-call", summary: "checkConfiguration")
    }

    func call<O: GitHubOperation>(_ operation: O) async throws -> O.Output {
        Issue.record("nothing should be asked of GitHub: \(O.self)")
        throw Diagnostic(code: "test.unexpected-call", summary: "\(O.self)")
    }
}

extension Optional {
    /// The value, for set-up code outside of a test's body.
    func orThrow() throws -> Wrapped {
        guard let self else { throw Diagnostic(code: "test.set-up", summary: "nothing there") }
        return self
    }
}
