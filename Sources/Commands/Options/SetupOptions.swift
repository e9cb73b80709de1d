import ArgumentParser
import BuildGraph
import Diagnostics
import Releasing

/// The options of the commands that start a machine for a person.
struct SetupOptions: ParsableArguments {
    @OptionGroup var keyPair: KeyPairOptions

    @Flag(help: "Leave the machine up, and end at once.")
    var detach = false

    /// Starts the machine, hands it over, and takes it back.
    func run(
        _ preset: PresetOptions, _ running: RunningOptions, _ global: GlobalOptions,
        _ call: Invocation, installs: Bool
    ) async throws -> ExitStatus {
        let output = EventOutput(global, call)
        let hold = ConsoleHold(output: output, isJSON: global.json, endsAtOnce: detach)
        let task = MachineTask.setUp(
            installs: installs, lasts: detach, existingKey: keyPair.existing, hold: hold)
        let opened = try preset.session(global, call, layout: .machine(task), output: output)
        let (place, options) = (opened.session.workplace, running.options(call.console))
        return try await opened.session.perform(isAnswered: { hold.finish() }) {
            try await task.run(at: place, options)
        }
    }
}
