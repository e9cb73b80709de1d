import Diagnostics

/// The stages in topological order with what each needs and gives.
///
/// Stages are numbered by their place in that order, so that everything that walks the graph is
/// a loop over arrays: linear, and with no recursion that a long chain could overflow.
package struct StageGraph: Sendable {
    /// Every stage behind all that it needs; otherwise near the table's order.
    package let stages: [AnyStage]
    /// Direct upstream stages by number.
    let upstream: [[Int]]
    /// Stages by number that only have to end first.
    let follows: [[Int]]
    /// Direct dependents by number, ascending.
    let dependents: [[Int]]
    /// Ephemeral stages that exist for this one, through chains of ephemeral ones; ascending.
    let ephemeralBehind: [[Int]]
    /// Durable stages whose outputs count as inputs, directly or through ephemeral ones; ascending.
    let durableUpstream: [[Int]]
    private let numbers: [StageName: Int]

    /// Checks and orders stages.
    ///
    /// - Throws: `graph.duplicate-stage`, `graph.unknown-upstream`, `graph.cycle`,
    ///   `graph.duplicate-input`, severity `.configuration`.
    package init(_ table: [any Stage]) throws {
        let all = table.map { Self.erase($0) }
        var places: [StageName: Int] = [:]
        for (place, stage) in all.enumerated() {
            guard places.updateValue(place, forKey: stage.name) == nil else {
                throw Self.problem(
                    "duplicate-stage", "two stages are named `\(stage.name)`",
                    "give each stage of the pipeline a name of its own")
            }
            try Self.checkInputs(of: stage)
        }
        let order = try Self.order(all, places)
        var numbers: [StageName: Int] = [:]
        for (number, place) in order.enumerated() { numbers[all[place].name] = number }
        let stages = order.map { all[$0] }
        let upstream = stages.map { $0.upstream.compactMap { numbers[$0] }.sorted() }
        follows = stages.map { $0.follows.compactMap { numbers[$0] }.sorted() }
        self.stages = stages
        self.numbers = numbers
        self.upstream = upstream
        var dependents: [[Int]] = Array(repeating: [], count: stages.count)
        for (number, needed) in upstream.enumerated() {
            for other in needed { dependents[other].append(number) }
        }
        self.dependents = dependents
        let reach = Self.reach(stages, upstream)
        ephemeralBehind = reach.ephemeral
        durableUpstream = reach.durable
    }

    /// The stage of that name.
    package subscript(name: StageName) -> AnyStage? { numbers[name].map { stages[$0] } }

    /// Every stage's name, in topological order.
    package var names: [StageName] { stages.map(\.name) }

    /// The groups in the order of their first stage, each with its stages.
    package var groups: [(name: String, stages: [StageName])] {
        var order: [String] = []
        var members: [String: [StageName]] = [:]
        for stage in stages {
            if members[stage.group] == nil { order.append(stage.group) }
            members[stage.group, default: []].append(stage.name)
        }
        return order.map { ($0, members[$0] ?? []) }
    }

    /// The stages that read this one's outputs.
    package func dependents(of name: StageName) -> [StageName] {
        numbers[name].map { dependents[$0].map { stages[$0].name } } ?? []
    }

    func number(of name: StageName) -> Int? { numbers[name] }

    private static func erase<S: Stage>(_ stage: S) -> AnyStage { AnyStage(stage) }

    private static func problem(_ code: String, _ summary: String, _ hint: String) -> Diagnostic {
        Diagnostic(code: "graph.\(code)", severity: .configuration, summary: summary, hint: hint)
    }

    private static func checkInputs(of stage: AnyStage) throws {
        var pointers: Set<String> = []
        for case .setting(let pointer, _) in stage.inputs {
            guard pointers.insert(pointer).inserted else {
                throw problem(
                    "duplicate-input", "stage `\(stage.name)` declares setting `\(pointer)` twice",
                    "declare each setting once")
            }
        }
    }

    /// Depth first from the table's first stage on, each stage after what it needs.
    ///
    /// A stack of our own instead of recursion, so that a long chain cannot overflow the thread's.
    private static func order(_ all: [AnyStage], _ places: [StageName: Int]) throws -> [Int] {
        let needs = try all.map { stage in
            try (stage.upstream + stage.follows).map {
                try place(of: $0, neededBy: stage, all, places)
            }
        }
        var order: [Int] = []
        var isDone = Array(repeating: false, count: all.count)
        var isOpen = isDone
        for start in all.indices where !isDone[start] {
            var path = [(place: start, next: 0)]
            isOpen[start] = true
            while let (place, next) = path.last {
                guard next < needs[place].count else {
                    isDone[place] = true
                    order.append(place)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let other = needs[place][next]
                if isDone[other] { continue }
                if isOpen[other] { throw cycle(path.map(\.place), closedBy: other, all) }
                isOpen[other] = true
                path.append((other, 0))
            }
        }
        return order
    }

    private static func place(
        of name: StageName, neededBy stage: AnyStage, _ all: [AnyStage], _ places: [StageName: Int]
    ) throws -> Int {
        if let place = places[name] { return place }
        throw problem(
            "unknown-upstream", "stage `\(stage.name)` needs `\(name)`, and there is no such stage",
            NameSuggestion.hint(for: name.rawValue, among: all.map(\.name.rawValue)))
    }

    private static func cycle(
        _ path: [Int], closedBy place: Int, _ all: [AnyStage]
    ) -> Diagnostic {
        let loop = path.drop { $0 != place } + [place]
        let text = loop.map { "`\(all[$0].name)`" }.joined(separator: " needs ")
        return problem(
            "cycle", "stages need each other: \(text)", "remove one of these needs")
    }

    private static func reach(
        _ stages: [AnyStage], _ upstream: [[Int]]
    ) -> (ephemeral: [[Int]], durable: [[Int]]) {
        var ephemeral: [[Int]] = []
        var durable: [[Int]] = []
        for needed in upstream {
            var ephemeralHere: Set<Int> = []
            var durableHere: Set<Int> = []
            for other in needed {
                if stages[other].isEphemeral {
                    ephemeralHere.insert(other)
                    ephemeralHere.formUnion(ephemeral[other])
                    durableHere.formUnion(durable[other])
                } else {
                    durableHere.insert(other)
                }
            }
            ephemeral.append(ephemeralHere.sorted())
            durable.append(durableHere.sorted())
        }
        return (ephemeral, durable)
    }
}
