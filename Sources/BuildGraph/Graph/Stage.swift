import Diagnostics
package import JSON

/// One node of the graph.
///
/// One file a stage; a value that holds the settings it was decoded from.
package protocol Stage: Sendable {
    /// What the stage gives to those behind it; recorded as `outputs`.
    associatedtype Outputs: Codable & Sendable

    /// Unique in the graph.
    var name: StageName { get }
    /// The name of the group it is selected by (`export`); its own name where there is none.
    var group: String { get }
    /// Whether it leaves a recorded result or exists only during a run.
    var lifetime: StageLifetime { get }
    /// Raised whenever the stage's behaviour changes so that old outputs no longer count.
    var revision: Int { get }
    /// What its outputs depend on besides other stages.
    var inputs: [StageInput] { get }
    /// Stages whose outputs it reads. Order does not matter.
    var upstream: [StageName] { get }
    /// Stages that end before it begins where they run too; their outputs are none of its inputs.
    var follows: [StageName] { get }
    /// Whether its answer was looked up (the newest base AMI) and `--refresh` asks again.
    var isLookup: Bool { get }
    /// Whether what it gives depends on its inputs alone, so that releases with the same ones may
    /// share one run.
    var isShareable: Bool { get }
    /// Whether what it gives lies in the cloud whose account the results belong to.
    var isOfCloud: Bool { get }
    /// The files beside its result that its recorded outputs tell of: name to digest, as
    /// `Digest.of` writes it.
    func documents(in outputs: JSONValue) -> [String: String]
    /// The pool whose slots bound how many such stages run at once; nil for no bound.
    var pool: String? { get }

    /// Checks, before any stage starts, what would make this one fail late (a missing password, a
    /// bucket that is not there). Has no upstream outputs, and changes nothing.
    func preflight(_ context: StageContext) async throws
    /// What `run` would change in the world, for `plan` to show; nil for nothing to show.
    ///
    /// Leaves nothing behind. The context's upstream outputs are the recorded ones.
    ///
    /// - Parameter open: upstream stages that will or may run first, so that their outputs may
    ///   come out different.
    func preview(_ context: StageContext, open: Set<StageName>) async throws -> StagePreview?
    /// Whether `run` can finish what an interrupted run began of the same inputs, without the
    /// ephemeral stages that it otherwise needs.
    func canResume(_ context: StageContext) async throws -> Bool
    /// Removes what an interrupted run began and `run` does not continue; asked of a shareable
    /// stage before it takes what another run made.
    func removeLeftovers(_ context: StageContext) async throws
    /// Does the work, or finishes what an interrupted run began.
    func run(_ context: StageContext) async throws -> Outputs
    /// Asks the world whether recorded outputs still exist (`--verify`, `status --verify`).
    func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence
    /// Whose recorded outputs are that `verify` has found, for results that belong to nobody yet.
    ///
    /// - Parameter account: the account that is worked in.
    func ownership(
        of outputs: Outputs, account: String, _ context: StageContext
    ) async throws -> Ownership
    /// Ephemeral stages: takes down what `run` made, deletion confirmed. Also called when `run`
    /// failed or was cancelled halfway, so it goes by the journal, not by outputs alone.
    func takeDown(_ context: StageContext) async throws
    /// Ephemeral stages: called in place of `takeDown` where what `run` made is left standing after
    /// a failure; writes into the journal what the next run needs in order to go on with it.
    ///
    /// - Parameter begun: the stages of this run that had begun on it.
    /// - Returns: what to tell whoever wants to look at it; nil where it says nothing.
    func leaveStanding(
        _ outputs: Outputs, begun: Set<StageName>, _ context: StageContext
    ) async throws -> String?
    /// `dssbatch adopt`: checks that an output of that id exists and describes it.
    func adopt(id: String, _ context: StageContext) async throws -> Outputs
    /// Whether no two runs of it give the same, so that what is behind it surely runs as well.
    var alwaysDiffers: Bool { get }
    /// What `run` does to what is there, without asking anybody.
    func effects(_ facts: StageEffects.Facts) -> StageEffects
    /// What it goes on with where an interrupted run began it of the same inputs, such as
    /// `image ami-0123`; nil where it begins anew.
    func continued(_ entry: JournalEntry) -> String?
    /// What a run of it costs in USD by list prices; nil where that is not known.
    ///
    /// - Parameter seconds: how long it takes, and a machine how long it stands; nil where nobody
    ///   knows.
    func costUSD(seconds: Double?) -> Double?
    /// Whether `unrecorded` finds anything; it counts in place of `effects` then.
    var findsUnrecorded: Bool { get }
    /// What is published of it, of this very asset, and recorded nowhere; asked of the world where
    /// no good run of the stage is recorded, before it makes the same anew.
    func unrecorded(
        _ facts: StageEffects.Facts, _ context: StageContext
    ) async throws -> [StageEffects.Replacement]
    /// Whether it has something to do that its inputs do not show, by what is recorded.
    func due(_ results: [StageName: StoredResult]) -> StageDue
    /// What the result says of outputs that are not of the usual kind, such as `kept machine`.
    func origin(of outputs: Outputs) -> String?
    /// What a new run overwrites or replaces (`bucket/key`, AMI name). Older recorded outputs with
    /// the same identity are forgotten when a new result is recorded; the others stay, so that a
    /// change taken back is fresh again.
    func identity(of outputs: Outputs) -> String
}

/// Whether a stage's outputs outlive the run.
package enum StageLifetime: String, Sendable {
    case durable
    case ephemeral
}

/// Whether a stage has something to do besides what its inputs ask for.
package enum StageDue: Sendable, Equatable {
    case never
    /// Time alone makes it due: what it is, nobody has to look before.
    case later
    /// Now, and why, such as `image ami-0123 was replaced`.
    case now(String)
}

/// The world's answer to whether recorded outputs still exist.
package enum Existence: Sendable, Equatable {
    case exists
    /// What is gone, such as `image ami-0123`.
    case missing(String)
}

/// Whose outputs are that exist.
package enum Ownership: Sendable, Equatable {
    /// This account's, and of this asset.
    case own
    /// Another's: what, such as `image ami-0123 of account 123456789012`.
    case foreign(String)
    /// Nobody can tell, or it makes no difference: a public base image, a document.
    case open
}

extension Stage {
    /// It does.
    package var isOfCloud: Bool { true }
    /// Cannot tell.
    package func ownership(
        of outputs: Outputs, account: String, _ context: StageContext
    ) async throws -> Ownership { .open }
    /// The stage's own name.
    package var group: String { name.rawValue }
    /// Durable.
    package var lifetime: StageLifetime { .durable }
    /// None.
    package var inputs: [StageInput] { [] }
    /// None.
    package var upstream: [StageName] { [] }
    /// None.
    package var follows: [StageName] { [] }
    /// It was not looked up.
    package var isLookup: Bool { false }
    /// What it makes is its asset's own.
    package var isShareable: Bool { false }
    /// None.
    package func documents(in outputs: JSONValue) -> [String: String] { [:] }
    /// No bound.
    package var pool: String? { nil }
    /// It may give the same again.
    package var alwaysDiffers: Bool { false }
    /// Nothing worth telling.
    package func effects(_ facts: StageEffects.Facts) -> StageEffects { StageEffects() }
    /// Nothing.
    package func continued(_ entry: JournalEntry) -> String? { nil }
    /// Nothing: what it asks of AWS has no price, or one that does not depend on it.
    package func costUSD(seconds: Double?) -> Double? { 0 }
    /// It publishes nothing that could be found.
    package var findsUnrecorded: Bool { false }
    /// Nothing.
    package func unrecorded(
        _ facts: StageEffects.Facts, _ context: StageContext
    ) async throws -> [StageEffects.Replacement] { [] }
    /// Never.
    package func due(_ results: [StageName: StoredResult]) -> StageDue { .never }
    /// Finds nothing wrong.
    package func preflight(_ context: StageContext) async throws {}
    /// Nothing to show.
    package func preview(
        _ context: StageContext, open: Set<StageName>
    ) async throws -> StagePreview? { nil }
    /// Nothing to resume.
    package func canResume(_ context: StageContext) async throws -> Bool { false }
    /// Nothing is ever left.
    package func removeLeftovers(_ context: StageContext) async throws {}
    /// Refuses: there is nothing that could be adopted.
    ///
    /// - Throws: `graph.not-adoptable`.
    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        throw Diagnostic(
            code: "graph.not-adoptable", severity: .configuration,
            summary: "stage `\(name)` leaves nothing behind that could be adopted",
            hint: "run it: `dssbatch MANIFEST --only \(name)`")
    }
    /// Does nothing: a durable stage leaves nothing to take down.
    package func takeDown(_ context: StageContext) async throws {}
    /// Nothing that could be gone on with.
    package func leaveStanding(
        _ outputs: Outputs, begun: Set<StageName>, _ context: StageContext
    ) async throws -> String? { nil }
    /// All are of the usual kind.
    package func origin(of outputs: Outputs) -> String? { nil }
    /// The stage's name: every run overwrites the one before.
    package func identity(of outputs: Outputs) -> String { name.rawValue }
}
