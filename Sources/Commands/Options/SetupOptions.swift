import ArgumentParser
import BuildGraph
import Diagnostics
import Sandbox

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
        let task = MachineTask.setUp(installs: installs, lasts: detach, hold: hold)
        var pipeline = PipelineOptions()
        pipeline.existingKey = keyPair.existing
        pipeline.machineTask = task
        let session = try preset.session(
            global, call, pipeline: pipeline, output: output
        ).session
        // A machine that lasts and is there is not listed; whether it is, only AWS knows.
        let goal = ReleaseSelections.again(task.goal, refresh: false)
        let plan = try await session.plan(goal, verify: detach).plan
        let starts = !detach || plan.stages.contains { $0.name == "machine" }
        var options = running.options(
            session, ReleaseSelections.again(task.goal, refresh: starts))
        options.verify = detach
        return try await session.runToEnd(options, isAnswered: { hold.finish() })
    }
}
