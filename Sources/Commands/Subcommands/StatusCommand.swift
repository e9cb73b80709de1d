import ArgumentParser
import BuildGraph
import Diagnostics
import JSON

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
        if let session = try MatrixSession.ofMatrix(manifestOptions, global, call, single: single),
            session.variants.count > 1
        {
            return try await session.showStatus()
        }
        let session = try Session(manifestOptions, global, call)
        let (plan, _) = try await session.plan(Selection(), verify: verify)
        let recorded = try await session.store.loadAll()
        let now = call.time.now()
        let rows = plan.stages.filter { $0.lifetime == .durable }.map { stage in
            StatusRow(stage, recorded[stage.name], at: now)
        }
        let old = plan.superseded.map { SupersededRow(name: $0, stored: recorded[$0], now: now) }
        if global.json {
            for line in rows.map(\.json) + old.map(\.json) {
                call.console.printLine(line.compactText)
            }
        } else {
            call.console.printLine(TextTable.text(rows.map(\.cells) + old.map(\.cells)))
        }
        return .fresh
    }
}
