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
    /// What the paths of files begin with that a declared folder stands for.
    private var folders: Set<String> = []

    static let stagePrefix = "stage:"
    static let filePrefix = "file:"
    static let settingPrefix = "setting:"

    /// The key; nil while an upstream stage's outputs are unknown.
    package var key: String? {
        guard unknown.isEmpty else { return nil }
        return key(of: inputs)
    }

    /// The key that the stage would have with other inputs.
    ///
    /// It is over the names themselves where they are texts: so it was before names had a form in
    /// which they are recorded (`PathText`).
    private func key(of inputs: [String: String]) -> String {
        // Unsorted: the canonical form sorts.
        let revisions = revisions.lazy.map { ($0.key, JSONValue.integer(Int64($0.value))) }
        let rest: JSONValue = .object([
            "kind": .string(kind.rawValue), "stage": .string(stage.rawValue),
            "revision": .object(OrderedDictionary(uniqueKeysWithValues: revisions)),
        ])
        let named = inputs.map { (key: Self.keyName($0.key), value: JSONValue.string($0.value)) }
        var bytes = Array("{\"inputs\":".utf8)
        bytes += JSONValue.canonicalBytes(ofMembers: named)
        bytes.append(UInt8(ascii: ","))
        bytes += rest.canonicalBytes.dropFirst()
        return Digest.of(bytes)
    }

    private static func keyName(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "\\")), let path = name.suffix(after: filePrefix),
            let bytes = PathText.bytes(path)
        else { return name }
        // A text may have the letters of another name's form; those are no texts.
        guard let text = String(validating: bytes, as: UTF8.self) else { return "bytes:\(path)" }
        return filePrefix + text
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
                if case .folder(let path) = input { folders.insert(PathText.beginning(of: path)) }
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

    /// A run without what it counted as files and is none by now (`LeftBehind`), so that what was
    /// recorded while such things lay about stays good.
    ///
    /// What is an input now is one there too. A run whose key is not that of its inputs stays as it
    /// is: somebody has spoiled it.
    func counting(_ run: RecordedRun) -> RecordedRun {
        let extra = run.inputs.keys.filter { name in
            guard inputs[name] == nil, let path = name.suffix(after: Self.filePrefix) else {
                return false
            }
            return folders.contains { folder in
                path.suffix(after: folder).map { LeftBehind.has(path: $0) } == true
            }
        }
        guard !extra.isEmpty, key(of: run.inputs) == run.key else { return run }
        var rest = run
        for name in extra { rest.inputs[name] = nil }
        rest.key = key(of: rest.inputs)
        return rest
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
