import ArgumentParser
import BuildGraph
import Diagnostics
import JSON

/// The command `dssbatch status MANIFEST`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says what is recorded, and whether it is fresh.")

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(help: "Ask AWS whether each recorded output still exists.")
    var verify = false

    func run() async throws {
        let single = verify ? "--verify" : nil
        if let session = try MatrixSession.ofMatrix(manifestOptions, global, single: single),
            session.variants.count > 1
        {
            return try await session.showStatus()
        }
        let session = try Session(manifestOptions, global)
        let (plan, _) = try await session.plan(Selection(), verify: verify)
        let recorded = try await session.store.loadAll()
        let rows = plan.stages.filter { $0.lifetime == .durable }.map { stage in
            StatusRow(stage, recorded[stage.name])
        }
        let old = plan.superseded.map { SupersededRow(name: $0, stored: recorded[$0]) }
        if global.json {
            for line in rows.map(\.json) + old.map(\.json) {
                StandardStreams.printLine(line.compactText)
            }
        } else {
            StandardStreams.printLine(TextTable.text(rows.map(\.cells) + old.map(\.cells)))
        }
    }
}
