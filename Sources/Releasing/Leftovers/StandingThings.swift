package import BuildGraph

/// What runs have made and neither recorded nor removed, by their events: for who interrupts them.
package struct StandingThings: Sendable {
    /// One thing.
    struct Thing: Sendable {
        let stage: StageName?
        let assetId: String?
        let resource: RunEvent.Resource

        var kind: LeftoverKind? { LeftoverKind(rawValue: resource.kind) }
    }

    private var things: [Thing] = []

    /// None.
    package init() {}

    /// Whether nothing stands.
    package var isEmpty: Bool { things.isEmpty }

    /// Whose things stand, sorted.
    package var assetIds: [String] { Set(things.compactMap(\.assetId)).sorted() }

    /// Whether a machine is among them, which costs something.
    package var hasMachine: Bool { things.contains { $0.kind == .stack } }

    /// Takes an event in.
    package mutating func update(_ event: RunEvent) {
        let assetId = event.assetId ?? event.run?.assetId
        switch event.kind {
        case .resourceCreated(let resource):
            things.append(Thing(stage: event.stage, assetId: assetId, resource: resource))
        case .resourceDeleted(let resource):
            things.removeAll {
                $0.assetId == assetId && $0.resource.kind == resource.kind
                    && $0.resource.id == resource.id && $0.resource.name == resource.name
            }
        case .stageFinished(.succeeded, _, .some):
            // What a durable stage made is recorded now.
            things.removeAll { $0.stage == event.stage && $0.assetId == assetId }
        default: break
        }
    }

    /// What an interrupted run removes, in words.
    package var removed: [String] { shown { $0.isTakenDown } }

    /// What it leaves for the next one to continue, in words.
    package var continued: [String] { shown { !$0.isTakenDown } }

    /// About how long the removal takes: that of a stack is waited for.
    package var removalSeconds: Double {
        things.contains { $0.kind == .stack } ? Self.stackSeconds : Self.otherSeconds
    }

    /// CloudFormation looks at an instance until it has ended.
    private static let stackSeconds = 90.0
    private static let otherSeconds = 10.0

    /// In the order of their removal: what matters most comes first.
    private func shown(_ isMeant: (LeftoverKind) -> Bool) -> [String] {
        let known = things.compactMap { thing in thing.kind.map { (kind: $0, thing: thing) } }
        // Folders of this machine are gone at once, and cost nothing.
        return known.filter { $0.kind.place != .machine && isMeant($0.kind) }
            .sorted { $0.kind.assetKind.rank < $1.kind.assetKind.rank }
            .map { kind, thing in
                let name = thing.resource.name ?? thing.resource.id ?? ""
                let place = kind.place == nil ? " in \(thing.resource.region)" : ""
                return "\(kind.assetKind.rawValue) `\(name)`\(place)"
            }
    }
}

extension LeftoverKind {
    /// Whether an interrupted run removes it; else the next run continues with it.
    fileprivate var isTakenDown: Bool {
        switch self {
        case .stack, .changeSet, .keyPair, .container, .privateKey, .workFolder: true
        case .image, .biosImage, .retiredImage, .exportTask, .upload, .object, .retiredObject,
            .dockerImage:
            false
        }
    }
}
