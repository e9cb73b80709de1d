package import JSON
import OrderedCollections

/// Everything that a stage's key is made of.
///
/// The inputs, settings and revisions of the ephemeral stages it rests on are its own here, and
/// so are the durable stages upstream of those.
package struct KeyMaterial: Sendable, Equatable {
    /// The stage's name.
    package let stage: StageName
    /// Whether its outputs outlive the run.
    package let kind: StageLifetime
    /// `setting:…`, `file:…` and the known ones of `stage:…`, with their digests.
    package var inputs: [String: String] = [:]
    /// Upstream stages that will or may run, so that nobody knows their outputs yet.
    package var unknown: Set<StageName> = []
    /// The values behind the `setting:` inputs, by pointer.
    package var settings: [String: JSONValue] = [:]
    /// The revisions of the stage and of the ephemeral ones it rests on.
    package var revisions: [String: Int] = [:]

    static let stagePrefix = "stage:"
    static let filePrefix = "file:"
    static let settingPrefix = "setting:"

    /// The key; nil while an upstream stage's outputs are unknown.
    package var key: String? {
        guard unknown.isEmpty else { return nil }
        // Unsorted: the canonical form sorts.
        let inputs = inputs.lazy.map { ($0.key, JSONValue.string($0.value)) }
        let revisions = revisions.lazy.map { ($0.key, JSONValue.integer(Int64($0.value))) }
        return Digest.of(
            .object([
                "kind": .string(kind.rawValue), "stage": .string(stage.rawValue),
                "revision": .object(OrderedDictionary(uniqueKeysWithValues: revisions)),
                "inputs": .object(OrderedDictionary(uniqueKeysWithValues: inputs)),
            ]))
    }

    /// Collects what a stage's key is made of.
    ///
    /// - Parameters:
    ///   - number: the stage's number in the graph.
    ///   - digests: what each stage's declared files were when it (or would it now) begin.
    ///   - outputs: the digest of a durable upstream stage's outputs; nil where unknown.
    init(
        _ number: Int, in graph: StageGraph, digests: (Int) -> InputDigests,
        outputs: (Int) -> String?
    ) {
        let stage = graph.stages[number]
        self.stage = stage.name
        kind = stage.lifetime
        // The stage's own settings first: those of ephemeral stages give way to them.
        add(stage, digests(number))
        for other in graph.ephemeralBehind[number] { add(graph.stages[other], digests(other)) }
        for other in graph.durableUpstream[number] {
            let name = graph.stages[other].name
            if let digest = outputs(other) {
                inputs[Self.stagePrefix + name.rawValue] = digest
            } else {
                unknown.insert(name)
            }
        }
    }

    /// Two stages may derive different values from one place of the manifest; the second is
    /// then recorded with its stage's name.
    private mutating func add(_ stage: AnyStage, _ digests: InputDigests) {
        revisions[stage.name.rawValue] = stage.revision
        for input in stage.inputs {
            if case .setting(let pointer, let value) = input {
                var name = pointer
                if let known = settings[pointer], known != value {
                    name = "\(pointer) of \(stage.name)"
                }
                settings[name] = value
                inputs[Self.settingPrefix + name] = Digest.of(value)
            } else {
                for file in digests.files(of: input) {
                    inputs[Self.filePrefix + file.path] = file.digest
                }
            }
        }
    }

    /// The files with their digests, by path.
    var files: [String: String] {
        var files: [String: String] = [:]
        for (name, digest) in inputs where name.hasPrefix(Self.filePrefix) {
            files[String(name.dropFirst(Self.filePrefix.count))] = digest
        }
        return files
    }

    /// Whether outputs made from these inputs could turn out to be up to date, given the right
    /// outputs of the stages that are still to run.
    func couldMatch(_ run: RecordedRun) -> Bool {
        guard revisions == run.revisions, run.inputs.count == inputs.count + unknown.count else {
            return false
        }
        return inputs.allSatisfy { run.inputs[$0.key] == $0.value }
            && unknown.allSatisfy { run.inputs[Self.stagePrefix + $0.rawValue] != nil }
    }
}
