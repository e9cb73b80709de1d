import ArgumentParser
import BuildGraph
import Diagnostics
import JSON
import Sandbox

/// The command `dssbatch status MANIFEST`.
struct StatusCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says what is recorded, and whether it is fresh.")

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(help: "Ask AWS whether each recorded output still exists.")
    var verify = false

    func run(_ call: Invocation) async throws -> ExitStatus {
        let single = verify ? "--verify" : nil
        let changes = manifestOptions.changes
        let manifest = try manifestOptions.read(global, call, single: single)
        if case .matrix(let matrix) = manifest {
            let session = try MatrixSession(matrix, changes, global, call)
            if session.variants.count > 1 { return try await session.showStatus() }
        }
        return try await show(
            Session(manifest.single(named: changes.assetId), changes, global, call))
    }

    private func show(_ session: Session) async throws -> ExitStatus {
        let (plan, world) = try await session.plan(
            Selection(), verify: verify, bearsSilence: true)
        let recorded = try await session.store.loadAll()
        let now = session.call.time.now()
        let rows = plan.stages.filter { stage in
            // What only exists during a run is worth a line where it failed.
            stage.lifetime == .durable
                || stage.state != .fresh && recorded[stage.name]?.record?.status == .failed
        }.map { stage in
            StatusRow(
                stage, recorded[stage.name], unanswered: world.unanswered[stage.name],
                in: session.store.location, at: now)
        }
        let old = plan.superseded.map { SupersededRow(name: $0, stored: recorded[$0], now: now) }
        if global.json {
            for line in rows.map(\.json) + old.map(\.json) {
                session.call.console.printLine(line.compactText)
            }
        } else {
            session.call.console.printLine(TextTable.text(rows.map(\.cells) + old.map(\.cells)))
        }
        if let problem = Self.problem(world.unanswered.values) { throw problem }
        return .fresh
    }

    /// What to say at the end where rows have no answer: each row has its own reason.
    private static func problem(_ unanswered: some Collection<Diagnostic>) -> Diagnostic? {
        // What may pass counts before what somebody has to put right.
        let worst = unanswered.filter { $0.severity == .failure }
        guard
            let first = (worst.isEmpty ? Array(unanswered) : worst)
                .min(by: { $0.summary < $1.summary })
        else { return nil }
        let count = unanswered.count
        return Diagnostic(
            code: "status.unverified", severity: first.severity,
            summary: count == 1
                ? "one stage's outputs could not be asked about"
                : "the outputs of \(count) stages could not be asked about",
            causes: ["their lines say why"], hint: first.hint,
            isTrouble: first.isTrouble)
    }
}
