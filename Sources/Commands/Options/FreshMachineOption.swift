import ArgumentParser
import Releasing

/// Whether a machine that was kept after a failure is gone on with.
struct FreshMachineOption: ParsableArguments {
    @Flag(
        name: .customLong("fresh-machine"),
        help: "Start another machine, also where a failed run has kept one.")
    var isGiven = false

    /// A release with nothing else said about it.
    var layout: ReleaseLayout { ReleaseLayout(startsFreshMachine: isGiven) }
}
