import ArgumentParser
import BuildGraph
import Diagnostics
import JSON
import Releasing

/// The command `dssbatch status MANIFEST`.
struct StatusCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says what is recorded, and whether it is fresh.",
        discussion: """
            Examples:
              dssbatch status manifests/release.json
              dssbatch status manifests/release.json --verify --json
            """)

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
        let (manifest, place) = (session.manifest, session.workplace)
        let (plan, world) = try await manifest.plan(at: place, verify: verify, bearsSilence: true)
        let report = StatusReport(
            plan, unanswered: world.unanswered, recorded: try await place.store.loadAll(),
            in: place.store.location)
        let (console, now) = (session.call.console, session.call.time.now())
        if global.json {
            for row in report.rows { console.printLine(StatusText.json(row, at: now).compactText) }
        } else {
            console.printLine(
                StatusText.text(
                    report, session.output.dataPalette, columns: console.outputTerminal()?.columns,
                    at: now))
        }
        if let problem = report.problem { throw problem }
        return .fresh
    }
}
