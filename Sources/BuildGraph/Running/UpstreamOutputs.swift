import Diagnostics
package import JSON

/// The outputs that one stage may read: those of its upstream stages.
package struct UpstreamOutputs: Sendable {
    /// One upstream stage's outputs and the type that wrote them.
    package struct Entry: Sendable {
        let name: StageName
        let type: ObjectIdentifier
        let outputs: JSONValue

        /// Makes an entry of a stage of that type.
        package init<S: Stage>(name: StageName, of type: S.Type, outputs: JSONValue) {
            self.name = name
            self.type = ObjectIdentifier(type)
            self.outputs = outputs
        }
    }

    private let entries: [Entry]

    /// Collects entries.
    package init(_ entries: [Entry]) { self.entries = entries }

    func output<S: Stage>(of type: S.Type, for stage: StageName) throws -> S.Outputs {
        let found = entries.filter { $0.type == ObjectIdentifier(type) }
        guard found.count == 1, let entry = found.first else {
            throw Diagnostic(
                code: "graph.no-output",
                summary: "stage `\(stage)` has \(found.count) upstream stages of type `\(type)`",
                hint: "declare exactly one in its `upstream`, or ask for all with `outputs(of:)`")
        }
        return try entry.outputs.decoded(as: S.Outputs.self)
    }

    func outputs<S: Stage>(of type: S.Type) throws -> [StageName: S.Outputs] {
        var all: [StageName: S.Outputs] = [:]
        for entry in entries where entry.type == ObjectIdentifier(type) {
            all[entry.name] = try entry.outputs.decoded(as: S.Outputs.self)
        }
        return all
    }
}
