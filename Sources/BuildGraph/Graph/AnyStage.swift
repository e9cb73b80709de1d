package import JSON

/// A stage whose outputs' type is forgotten: they are a `JSONValue` here.
package struct AnyStage: Sendable {
    /// As in `Stage`.
    package let name: StageName
    /// As in `Stage`.
    package let group: String
    /// As in `Stage`.
    package let lifetime: StageLifetime
    /// As in `Stage`.
    package let revision: Int
    /// As in `Stage`.
    package let inputs: [StageInput]
    /// As in `Stage`, each name once.
    package let upstream: [StageName]
    /// As in `Stage`.
    package let isLookup: Bool
    /// As in `Stage`.
    package let isShareable: Bool
    /// As in `Stage`.
    package let follows: [StageName]
    /// As in `Stage`.
    package let alwaysDiffers: Bool
    /// As in `Stage`.
    package let isOfCloud: Bool
    /// As in `Stage`.
    package let pool: String?
    /// The stage itself.
    package let base: any Stage

    private let makeEntry: @Sendable (JSONValue) -> UpstreamOutputs.Entry

    /// Wraps a stage; its description is read once, so a computed property costs nothing later.
    package init<S: Stage>(_ stage: S) {
        name = stage.name
        group = stage.group
        lifetime = stage.lifetime
        revision = stage.revision
        inputs = stage.inputs
        var seen: Set<StageName> = []
        upstream = stage.upstream.filter { seen.insert($0).inserted }
        isLookup = stage.isLookup
        isShareable = stage.isShareable
        follows = stage.follows
        alwaysDiffers = stage.alwaysDiffers
        isOfCloud = stage.isOfCloud
        pool = stage.pool
        base = stage
        let name = stage.name
        makeEntry = { UpstreamOutputs.Entry(name: name, of: S.self, outputs: $0) }
    }

    /// Whether it exists during a run only.
    package var isEphemeral: Bool { lifetime == .ephemeral }

    /// Checks what would make the stage fail late.
    package func preflight(_ context: StageContext) async throws {
        try await base.preflight(context)
    }

    /// Whether `run` can finish what an interrupted run began.
    package func canResume(_ context: StageContext) async throws -> Bool {
        try await base.canResume(context)
    }

    /// Does the work; the outputs in the form in which they are recorded.
    package func run(_ context: StageContext) async throws -> JSONValue {
        try await Self.run(base, context)
    }

    /// Asks the world whether outputs still exist.
    ///
    /// - Throws: `json.*` where the outputs have another shape; what the stage throws.
    package func verify(_ outputs: JSONValue, _ context: StageContext) async throws -> Existence {
        try await Self.verify(base, outputs, context)
    }

    /// Whose outputs are that exist.
    package func ownership(
        of outputs: JSONValue, account: String, _ context: StageContext
    ) async throws -> Ownership {
        try await Self.ownership(base, outputs, account, context)
    }

    /// Takes down what `run` made.
    package func takeDown(_ context: StageContext) async throws {
        try await base.takeDown(context)
    }

    /// Leaves standing what `run` made.
    ///
    /// - Throws: `json.*` where the outputs have another shape; what the stage throws.
    package func leaveStanding(
        _ outputs: JSONValue, begun: Set<StageName>, _ context: StageContext
    ) async throws -> String? {
        try await Self.leaveStanding(base, outputs, begun, context)
    }

    /// Checks that an output of that id exists and describes it.
    package func adopt(id: String, _ context: StageContext) async throws -> JSONValue {
        try await Self.adopt(base, id, context)
    }

    /// What a new run would overwrite of these outputs.
    ///
    /// - Throws: `json.*` where the outputs have another shape.
    package func identity(of outputs: JSONValue) throws -> String {
        try Self.identity(base, outputs)
    }

    /// What the result says of outputs that are not of the usual kind.
    ///
    /// - Throws: `json.*` where the outputs have another shape.
    package func origin(of outputs: JSONValue) throws -> String? {
        try Self.origin(base, outputs)
    }

    /// What a new run would replace of these outputs; nil where they have another shape.
    package var identify: ResultRecord.Identify { { try? identity(of: $0) } }

    /// These outputs as the stages behind this one read them.
    package func entry(outputs: JSONValue) -> UpstreamOutputs.Entry { makeEntry(outputs) }

    private static func run<S: Stage>(_ stage: S, _ context: StageContext) async throws -> JSONValue
    {
        try JSONValue.encoding(try await stage.run(context))
    }

    private static func verify<S: Stage>(
        _ stage: S, _ outputs: JSONValue, _ context: StageContext
    ) async throws -> Existence {
        try await stage.verify(try outputs.decoded(as: S.Outputs.self), context)
    }

    private static func ownership<S: Stage>(
        _ stage: S, _ outputs: JSONValue, _ account: String, _ context: StageContext
    ) async throws -> Ownership {
        try await stage.ownership(
            of: try outputs.decoded(as: S.Outputs.self), account: account, context)
    }

    private static func leaveStanding<S: Stage>(
        _ stage: S, _ outputs: JSONValue, _ begun: Set<StageName>, _ context: StageContext
    ) async throws -> String? {
        try await stage.leaveStanding(
            try outputs.decoded(as: S.Outputs.self), begun: begun, context)
    }

    private static func adopt<S: Stage>(
        _ stage: S, _ id: String, _ context: StageContext
    ) async throws -> JSONValue {
        try JSONValue.encoding(try await stage.adopt(id: id, context))
    }

    private static func origin<S: Stage>(_ stage: S, _ outputs: JSONValue) throws -> String? {
        stage.origin(of: try outputs.decoded(as: S.Outputs.self))
    }

    private static func identity<S: Stage>(_ stage: S, _ outputs: JSONValue) throws -> String {
        stage.identity(of: try outputs.decoded(as: S.Outputs.self))
    }
}
