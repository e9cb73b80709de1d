import JSON
import OrderedCollections

/// What a stage that runs does to what is there, by what is recorded.
package struct StageEffects: Sendable, Equatable {
    /// One thing whose place something new takes.
    package struct Replacement: Sendable, Equatable {
        /// Such as `image ami-0123`.
        package let what: String
        /// Who has it already, such as `public in 3 regions since 2026-10-02`; nil where nobody
        /// has.
        package let publication: String?
        /// How it is recorded; nil for what is.
        package let adoption: Adoption?

        /// Makes one; see the properties.
        package init(_ what: String, publication: String? = nil, adoption: Adoption? = nil) {
            self.what = what
            self.publication = publication
            self.adoption = adoption
        }

        /// Whether anybody may use it.
        package var isPublic: Bool { publication?.hasPrefix("public") ?? false }

        /// What it is and who has it.
        package var label: String { publication.map { "\(what) (\($0))" } ?? what }

        /// The words of a plan.
        package var text: String {
            label + (adoption.map { ", of which nothing is recorded: `\($0.command)`" } ?? "")
        }
    }

    /// How something that is there, and that no result tells of, is recorded again.
    package struct Adoption: Sendable, Equatable {
        /// What `dssbatch adopt` takes.
        package let id: String
        /// The whole command, for a shell.
        package let command: String

        /// Makes one; see the properties.
        package init(id: String, command: String) {
            self.id = id
            self.command = command
        }
    }

    /// What an effect rests on.
    package struct Facts: Sendable {
        /// The stage's last good run.
        package let run: RecordedRun?
        /// What its key is made of now.
        package let material: KeyMaterial?
        /// Everything that is recorded.
        package let results: [StageName: StoredResult]

        /// Collects facts.
        package init(
            run: RecordedRun?, material: KeyMaterial?, results: [StageName: StoredResult]
        ) {
            self.run = run
            self.material = material
            self.results = results
        }
    }

    /// Such as `an image`.
    package var creates: [String]
    package var replaces: [Replacement]
    /// Such as `image ami-0123`.
    package var deletes: [String]
    /// What an interrupted run left that it goes on with, such as `image ami-0123`.
    package internal(set) var continues: [String] = []

    /// Makes effects; without arguments none.
    package init(
        creates: [String] = [], replaces: [Replacement] = [], deletes: [String] = []
    ) {
        self.creates = creates
        self.replaces = replaces
        self.deletes = deletes
    }

    /// What of the replaced is published.
    package var published: [Replacement] { replaces.filter { $0.publication != nil } }

    /// The commands that record what is there, instead of replacing it.
    var adoptions: [String] { replaces.compactMap { $0.adoption?.command } }

    /// The lines that a plan shows, and whether each is of what is published.
    package var lines: [(text: String, isOfPublished: Bool)] {
        continues.map { ("continues \($0)", false) } + creates.map { ("creates \($0)", false) }
            + replaces.map { ("replaces \($0.text)", $0.publication != nil) }
            + deletes.map { ("deletes \($0)", false) }
    }

    /// Its members of a stage in `--json`; those that are empty are left out.
    var members: OrderedDictionary<String, JSONValue> {
        var members: OrderedDictionary<String, JSONValue> = [:]
        if !continues.isEmpty { members["continues"] = .array(continues.map { .string($0) }) }
        if !creates.isEmpty { members["creates"] = .array(creates.map { .string($0) }) }
        if !replaces.isEmpty {
            members["replaces"] = .array(
                replaces.map { replaced in
                    var parts: OrderedDictionary<String, JSONValue> = [
                        "what": .string(replaced.what)
                    ]
                    if let published = replaced.publication {
                        parts["published"] = .string(published)
                    }
                    if let adoption = replaced.adoption {
                        parts["adopt"] = .string(adoption.command)
                    }
                    return .object(parts)
                })
        }
        if !deletes.isEmpty { members["deletes"] = .array(deletes.map { .string($0) }) }
        return members
    }
}
