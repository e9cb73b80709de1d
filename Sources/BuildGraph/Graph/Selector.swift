import Diagnostics
import Glibc

/// A stage name, group or glob of the command line (SEL), resolved against a graph.
package enum Selector {
    /// The stages that a text means: the stage of that name, else the group, else all names and
    /// groups that the glob matches.
    ///
    /// - Throws: `graph.unknown-selection`, severity `.configuration`, which lists the names.
    package static func resolve(_ text: String, in graph: StageGraph) throws -> Set<StageName> {
        let name = StageName(rawValue: text)
        let groups = graph.groups
        if graph[name] != nil { return [name] }
        if let group = groups.first(where: { $0.name == text }) { return Set(group.stages) }
        var found: Set<StageName> = []
        for group in groups {
            if matches(text, group.name) { found.formUnion(group.stages) }
            found.formUnion(group.stages.filter { matches(text, $0.rawValue) })
        }
        guard found.isEmpty else { return found }
        var allowed = groups.map(\.name)
        allowed += graph.names.map(\.rawValue).filter { !allowed.contains($0) }
        throw Diagnostic(
            code: "graph.unknown-selection", severity: .configuration,
            summary: "no stage, group or glob `\(text)`",
            hint: NameSuggestion.hint(for: text, among: allowed.sorted()))
    }

    /// All that several texts mean together; nil where there are none.
    ///
    /// - Throws: `graph.unknown-selection`.
    package static func resolve(_ texts: [String], in graph: StageGraph) throws -> Set<StageName>? {
        if texts.isEmpty { return nil }
        return try texts.reduce(into: []) { try $0.formUnion(resolve($1, in: graph)) }
    }

    /// The shell's own matching: `*`, `?`, `[a-z]`.
    private static func matches(_ glob: String, _ name: String) -> Bool {
        fnmatch(glob, name, 0) == 0
    }
}
