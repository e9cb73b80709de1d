import BuildGraph
import JSON

/// A stage whose outputs a test sets, for what stands around stages; says on the timeline what it
/// is asked to do.
struct PlainStage: Stage {
    typealias Outputs = [String: String]

    var name: StageName
    var group: String
    var upstream: [StageName]
    var lifetime = StageLifetime.durable
    let timeline: Timeline
    /// What it would do to what it has made.
    var does = StageEffects()
    var existence = Existence.exists
    /// Part of its key.
    var revision = 1
    var isLookup = false
    var body: @Sendable () throws -> Outputs

    init(
        _ name: StageName, group: String? = nil, needs: [StageName] = [], _ timeline: Timeline,
        _ body: @escaping @Sendable () throws -> Outputs = { [:] }
    ) {
        self.name = name
        self.group = group ?? name.rawValue
        upstream = needs
        self.timeline = timeline
        self.body = body
    }

    func run(_ context: StageContext) async throws -> Outputs {
        timeline.add("run \(name)")
        return try body()
    }

    func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        timeline.add("verify \(name)")
        return existence
    }

    func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        timeline.add("adopt \(name) \(id)")
        return ["imageId": id]
    }

    func effects(_ facts: StageEffects.Facts) -> StageEffects {
        facts.run == nil ? StageEffects() : does
    }
    func takeDown(_ context: StageContext) async throws {}
}
