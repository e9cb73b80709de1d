import BuildGraph
import Foundation
import JSON
import Synchronization

/// A stage whose whole behaviour a test sets.
struct FakeStage: Stage {
    struct Outputs: Codable, Sendable, Equatable {
        var value: String
    }

    var name: StageName
    var group: String
    var lifetime = StageLifetime.durable
    var revision = 1
    var inputs: [StageInput]
    var upstream: [StageName]
    var follows: [StageName] = []
    var isLookup = false
    var alwaysDiffers = false
    var pool: String?
    /// What it would do to what is there.
    var does: @Sendable (StageEffects.Facts) -> StageEffects = { _ in StageEffects() }
    /// What a run costs that takes so many seconds.
    var price: @Sendable (Double?) -> Double? = { _ in 0 }
    /// What is there of it and recorded nowhere; nil for a stage that cannot find out.
    var finds: (@Sendable () -> [StageEffects.Replacement])?
    /// What it has to do besides.
    var owes: @Sendable ([StageName: StoredResult]) -> StageDue = { _ in .never }
    var isOfCloud = true
    /// Whose its outputs are, where they exist.
    var owner = Ownership.own
    var body: @Sendable (StageContext) async throws -> String = { _ in "made" }
    var down: @Sendable (StageContext) async throws -> Void = { _ in }
    /// The preflight.
    var check: @Sendable (StageContext) async throws -> Void = { _ in }
    /// Whether it can finish what an interrupted run began.
    var resumes: @Sendable (StageContext) async throws -> Bool = { _ in false }
    /// What it would change; gets the open upstream stages.
    var shows: @Sendable (StageContext, Set<StageName>) async throws -> StagePreview? = { _, _ in
        nil
    }
    var existence = Existence.exists
    /// The prefix of the outputs' value up to this character is their identity; nil for all of it.
    var identityLength: Int?
    /// The identity whatever the outputs are.
    var identityText: String?

    init(
        _ name: StageName, group: String? = nil, needs: [StageName] = [],
        inputs: [StageInput] = [], lifetime: StageLifetime = .durable
    ) {
        self.name = name
        self.group = group ?? name.rawValue
        self.lifetime = lifetime
        self.inputs = inputs
        upstream = needs
    }

    func preflight(_ context: StageContext) async throws { try await check(context) }

    func preview(
        _ context: StageContext, open: Set<StageName>
    ) async throws -> StagePreview? { try await shows(context, open) }

    func effects(_ facts: StageEffects.Facts) -> StageEffects { does(facts) }

    func costUSD(seconds: Double?) -> Double? { price(seconds) }

    func continued(_ entry: JournalEntry) -> String? { entry.id.map { "thing \($0)" } }

    var findsUnrecorded: Bool { finds != nil }

    func unrecorded(
        _ facts: StageEffects.Facts, _ context: StageContext
    ) async throws -> [StageEffects.Replacement] { finds?() ?? [] }

    func due(_ results: [StageName: StoredResult]) -> StageDue { owes(results) }

    func canResume(_ context: StageContext) async throws -> Bool { try await resumes(context) }

    func run(_ context: StageContext) async throws -> Outputs {
        Outputs(value: try await body(context))
    }

    func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence { existence }

    func ownership(
        of outputs: Outputs, account: String, _ context: StageContext
    ) async throws -> Ownership { owner }

    func takeDown(_ context: StageContext) async throws { try await down(context) }

    func adopt(id: String, _ context: StageContext) async throws -> Outputs { Outputs(value: id) }

    func identity(of outputs: Outputs) -> String {
        identityText ?? String(outputs.value.prefix(identityLength ?? outputs.value.count))
    }
}

/// What happened, in order.
final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    private let number = Mutex(0)

    /// A number that was not given before.
    func next() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }

    func clear() { lines.withLock { $0 = [] } }
}

/// The events of a run, in order.
final class EventLog: Sendable {
    private let events = Mutex<[RunEvent]>([])

    var receive: @Sendable (RunEvent) -> Void {
        { event in self.events.withLock { $0.append(event) } }
    }

    var all: [RunEvent] { events.withLock { $0 } }

    /// `event stage`, without progress.
    var names: [String] {
        all.filter { $0.kind.name != "stage-progress" }.map { event in
            event.kind.name + (event.stage.map { " \($0)" } ?? "")
        }
    }

    var warnings: [String] {
        all.compactMap { if case .warning(let text) = $0.kind { text } else { nil } }
    }
}
