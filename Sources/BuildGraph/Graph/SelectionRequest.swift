import Diagnostics

/// The selection options of a command line, before they are resolved against any stages.
package struct SelectionRequest: Sendable {
    /// Whether it is about named stages, and not about all.
    package var isNarrow: Bool { !only.isEmpty }

    private let only: [String]
    private let force: [String]
    private let skip: [String]
    private let refresh: Bool
    private let whatIf: [String]

    /// Collects what the command line says.
    package init(
        only: [String] = [], force: [String] = [], skip: [String] = [], refresh: Bool = false,
        whatIf: [String] = []
    ) {
        self.only = only
        self.force = force
        self.skip = skip
        self.refresh = refresh
        self.whatIf = whatIf
    }

    /// Whether it asks for everything, as it is.
    package var isEverything: Bool {
        (only + force + skip + whatIf).isEmpty && !refresh
    }

    /// What it means for one graph.
    ///
    /// - Throws: `graph.unknown-selection`.
    package func resolved(in graph: StageGraph) throws -> Selection {
        try Selection(
            only: only, force: force, skip: skip, refresh: refresh, whatIf: whatIf, in: graph)
    }

    /// What it means for one of several graphs, of which some lack what is named; nil where all
    /// that is asked for is none of its stages.
    package func resolvedWhereKnown(in graph: StageGraph) throws -> Selection? {
        let known = only.filter { Self.isKnown($0, in: graph) }
        if known.isEmpty && !only.isEmpty { return nil }
        return try Selection(
            only: known, force: force.filter { Self.isKnown($0, in: graph) },
            skip: skip.filter { Self.isKnown($0, in: graph) }, refresh: refresh, whatIf: whatIf,
            in: graph)
    }

    /// Makes sure that each name means something in one of the graphs, of which no more are asked
    /// for than it takes.
    ///
    /// - Throws: `graph.unknown-selection`, and what making a graph throws.
    package func check(against graphs: some Sequence<() throws -> StageGraph>) throws {
        var open = only + force + skip
        var last: StageGraph?
        for make in graphs where !open.isEmpty {
            let graph = try make()
            open.removeAll { Self.isKnown($0, in: graph) }
            last = graph
        }
        if let last, let unknown = open.first { _ = try Selector.resolve(unknown, in: last) }
    }

    private static func isKnown(_ text: String, in graph: StageGraph) -> Bool {
        (try? Selector.resolve(text, in: graph)) != nil
    }
}
