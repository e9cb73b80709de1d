/// What to do with running machines when something failed.
package enum OnError: Sendable {
    /// Take them down.
    case cleanup
    /// Leave them, and say how to remove them.
    case keep
    /// Ask: true leaves them. Called with the ephemeral stage, once a run.
    case ask(@Sendable (StageName) async -> Bool)
}

/// The options of one run.
package struct RunOptions: Sendable {
    /// What is asked for.
    package var selection: Selection
    /// `-k`: after a failure, whatever does not need the failed stage still starts.
    package var keepGoing: Bool
    /// What becomes of running machines when something failed.
    package var onError: OnError
    /// `-j` and the pools: what bounds how much goes on at once.
    package var slots: RunSlots
    /// Where stages that may be shared find what other runs of this process made; nil for none.
    package var shared: SharedOutputs?
    /// `--wait-lock`: how long to wait for another run.
    package var waitLockSeconds: Double
    /// `--verify`: ask whether recorded outputs still exist.
    package var verify: Bool
    /// `--replace-published`: also what is published may be replaced.
    package var replacesPublished: Bool
    /// Asks whether what is there of a stage is adopted, which would else be replaced; nil for no.
    package var adopts: (@Sendable (StageName, StageEffects.Replacement) async -> Bool)?
    /// Ends before any stage but lookups is begun, once everything is settled that may refuse it.
    var isRehearsal = false
    /// `--plan`: do just that plan, or refuse.
    package var expectedPlan: PlanFile?
    /// Longest time for taking down one ephemeral stage.
    package var takeDownSeconds: Double

    /// Makes options; see the properties.
    ///
    /// - Parameter localSlots: how much work that loads this machine goes on at once.
    package init(
        selection: Selection = Selection(), keepGoing: Bool = false,
        onError: OnError = .cleanup, localSlots: Int = 2,
        waitLockSeconds: Double = 0, verify: Bool = false,
        replacesPublished: Bool = false, expectedPlan: PlanFile? = nil,
        takeDownSeconds: Double = 1800
    ) {
        self.selection = selection
        self.keepGoing = keepGoing
        self.onError = onError
        slots = RunSlots(local: localSlots)
        self.waitLockSeconds = waitLockSeconds
        self.verify = verify
        self.replacesPublished = replacesPublished
        self.expectedPlan = expectedPlan
        self.takeDownSeconds = takeDownSeconds
    }

    /// The same for other stages.
    package func selecting(_ selection: Selection) -> RunOptions {
        var options = self
        options.selection = selection
        return options
    }

    /// Whether what is published may be replaced: a plan file names it, and so agrees to it.
    package var hasConsent: Bool { replacesPublished || expectedPlan != nil }
}
