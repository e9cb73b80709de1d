import ArgumentParser
import BuildGraph
import FoundationEssentials

/// How a command runs its stages.
struct RunningOptions: ParsableArguments {
    /// What happens to a machine when a stage fails.
    enum OnError: String, ExpressibleByArgument, CaseIterable {
        case cleanup, keep, ask

        /// The choice in the runner's terms.
        func choice(_ console: Console) -> BuildGraph.OnError {
            switch self {
            case .cleanup: .cleanup
            case .keep: .keep
            case .ask: .ask { await KeepQuestion.ask(about: $0, console) }
            }
        }
    }

    @Flag(name: [.short, .long], help: "Go on with what does not depend on a failed stage.")
    var keepGoing = false

    @Option(name: .short, help: ArgumentHelp("How many local jobs at once.", valueName: "number"))
    var jobs: Int = RunningOptions.processorCount

    @Option(
        help: ArgumentHelp(
            "What becomes of a machine after a failure: cleanup, keep or ask; the next run goes on "
                + "with one that is kept.", valueName: "choice")
    )
    var onError: OnError = .cleanup

    @OptionGroup var lock: LockOptions

    @Flag(help: "Replace what is published too: public images, what a GitHub release names.")
    var replacePublished = false

    /// Looked up once, in files of the system's: the parser makes options several times.
    private static let processorCount = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        if jobs < 1 { throw ValidationError("-j needs a number above 0") }
    }

    /// The options of every run of the command.
    func options(
        _ console: Console, _ selection: Selection = Selection()
    ) -> RunOptions {
        var options = RunOptions(
            selection: selection, keepGoing: keepGoing,
            onError: onError.choice(console), localSlots: jobs, waitLockSeconds: lock.waitSeconds,
            replacesPublished: replacePublished)
        options.adopts = { await AdoptionQuestion.ask(about: $0, $1, console) }
        return options
    }
}
