import Ansible
import BuildGraph
import Diagnostics
import FoundationEssentials
import HTTP
import Releasing

/// What a command works with once it has read its manifest, of whatever kind; making one touches
/// nothing.
struct Workbench: Sendable {
    let call: Invocation
    let options: GlobalOptions
    let isLocal: Bool
    let output: EventOutput
    let services: Services
    let results: ResultPlace
    private let projectPath: String

    /// - Parameter output: where events go; nil for what the options say.
    /// - Throws: `results.address`.
    init(
        _ manifest: ManifestPlace, _ changes: ManifestChanges, _ options: GlobalOptions,
        _ call: Invocation, output: EventOutput? = nil
    ) throws {
        let output = output ?? EventOutput(options, call)
        self.call = call
        self.options = options
        self.output = output
        isLocal = changes.local
        projectPath = manifest.project.path
        services = ServiceWiring.services(
            options, call, manifest: manifest, isLocal: changes.local, say: { output.say($0) },
            onCall: output.debugSink)
        results = try ResultPlace(
            manifest, services.aws, home: call.environment["HOME"],
            isOwnOfLocal: changes.hasOwnLocalResults, time: call.time)
    }

    /// What who interrupts the command is told.
    ///
    /// - Parameters:
    ///   - release: whose machines it starts; nil for none.
    ///   - commandLine: makes commands about the same release.
    func interruption(
        _ release: ReleaseManifest?, _ commandLine: ReleaseCommandLine
    ) -> Interruption {
        let (output, isPriced) = (output, services.isPriced)
        return Interruption(
            things: { output.standing },
            cleaning: { release == nil ? nil : commandLine.cleaning(assetId: $0) },
            hourlyUSD: { isPriced ? release?.machineHourUSD : nil })
    }

    /// What the workplaces of the command have in common.
    ///
    /// - Parameters:
    ///   - store: where digests of files are kept for the next start.
    ///   - recovery: nil where nothing can be left.
    ///   - needsCloud: whether the results have to be of the realm that is worked in.
    func equipment(
        of store: any ResultStore, recovery: ReleaseRecovery?, needsCloud: Bool = true
    ) -> Equipment {
        Equipment(
            digester: InputDigester(
                root: projectPath, cachePath: results.digestCache(of: store),
                equals: MachineTemplate.equals),
            tool: Version.tool, time: call.time,
            lock: .ofThisProcess(
                runId: UUID().uuidString.lowercased(), command: call.commandLine,
                now: call.time.now()),
            recovery: recovery, realms: needsCloud ? services.realms : nil,
            onLog: output.debugSink)
    }
}
