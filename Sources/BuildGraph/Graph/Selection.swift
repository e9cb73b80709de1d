/// What a command asks for: the selection options of the command line, resolved.
package struct Selection: Sendable, Equatable {
    /// `--only`; nil for every stage.
    package var only: Set<StageName>?
    /// `--force`: stale whatever is recorded.
    package var force: Set<StageName>
    /// `--skip`: not run; what is behind them uses their recorded outputs, or is blocked.
    package var skip: Set<StageName>
    /// `--refresh`: asks again what was looked up once.
    package var refresh: Bool
    /// `--what-if`: paths to treat as changed, relative to the project.
    ///
    /// A folder means every file under it. Only plans heed this.
    package var whatIf: Set<String>

    /// Makes a selection; without arguments it asks for everything.
    package init(
        only: Set<StageName>? = nil, force: Set<StageName> = [], skip: Set<StageName> = [],
        refresh: Bool = false, whatIf: Set<String> = []
    ) {
        self.only = only
        self.force = force
        self.skip = skip
        self.refresh = refresh
        self.whatIf = whatIf
    }

    /// Resolves the texts of a command line.
    ///
    /// - Throws: `graph.unknown-selection`.
    package init(
        only: [String], force: [String], skip: [String], refresh: Bool = false,
        whatIf: [String] = [], in graph: StageGraph
    ) throws {
        self.init(
            only: try Selector.resolve(only, in: graph),
            force: try Selector.resolve(force, in: graph) ?? [],
            skip: try Selector.resolve(skip, in: graph) ?? [],
            refresh: refresh, whatIf: Set(whatIf))
    }
}
