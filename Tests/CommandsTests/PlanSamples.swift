@testable import BuildGraph

extension PlannedStage {
    /// A stage that will run.
    static func waiting(_ name: StageName, seconds: Double?) -> PlannedStage {
        PlannedStage(
            name: name, group: name.rawValue, lifetime: .durable, state: .run,
            reasons: [.neverRan], material: nil, matchingKey: nil, outputs: nil,
            expectedSeconds: seconds, isPromotion: false)
    }
}

extension Plan {
    /// A plan of such stages.
    static func of(_ stages: [PlannedStage], seconds: Double) -> Plan {
        Plan(
            stages: stages, selection: Selection(), all: stages,
            isListed: stages.map { _ in true }, digests: InputDigests(), isAccountCompared: true,
            graph: nil, seconds: seconds)
    }
}
