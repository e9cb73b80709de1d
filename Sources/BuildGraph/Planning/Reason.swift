package import JSON

/// Why a stage is stale, needed or blocked; `description` has the words of the interface.
package enum Reason: Sendable, Equatable {
    case neverRan
    case failedLastTime
    /// A run ended in the middle of it and nobody knows how far it came.
    case interruptedLastTime
    /// A setting differs; nil stands for one that is not there.
    case settingChanged(String, old: JSONValue?, new: JSONValue?)
    case fileChanged(String, old: String, new: String)
    case fileAdded(String, new: String)
    case fileRemoved(String, old: String)
    /// An upstream stage's outputs differ from those it last read; digests, nil where none.
    case stageChanged(StageName, old: String?, new: String?)
    /// An upstream stage will or may run, and its outputs may come out different.
    case stageMayChange(StageName)
    /// The tool's own revision of the stage, or of an ephemeral one it rests on.
    case revisionChanged(StageName?, old: Int?, new: Int?)
    case resultUnreadable(String)
    case forced
    case outputMissing(String)
    /// A file beside the result is not what was recorded of it.
    case documentSpoiled(String)
    case askedAgain
    /// It has something to do besides what its inputs ask for.
    case due(String)
    case whatIf(String)
    /// The local cloud in which it was made is gone.
    case localCloudGone
    /// Who recorded it knew of no realms, so that a run has to look first whether it is there.
    case notBound
    /// An ephemeral stage exists for this durable one.
    case neededBy(StageName)
    /// A stage it needs is stale, will not run, and has no recorded outputs or a failed run.
    case blockedBy(StageName, BlockCause)
}

/// Why a stage cannot be had.
package enum BlockCause: String, Sendable {
    case skipped = "is skipped"
    case blocked = "is blocked"
    case failed = "failed"
    case cancelled = "did not run"
}

extension Reason: CustomStringConvertible {
    /// The reason in the interface's words.
    package var description: String {
        switch self {
        case .neverRan: "never ran"
        case .failedLastTime: "failed last time"
        case .interruptedLastTime: "interrupted last time"
        case .settingChanged(let pointer, let old, let new):
            "setting \(pointer) changed: \(Self.text(old)) -> \(Self.text(new))"
        case .fileChanged(let path, _, _): "file \(path) changed"
        case .fileAdded(let path, _): "file \(path) added"
        case .fileRemoved(let path, _): "file \(path) removed"
        case .stageChanged(let name, _, _): "stage \(name) changed"
        case .stageMayChange(let name):
            "stage \(name) changed, if its outputs come out different"
        case .revisionChanged(let stage, let old, let new):
            "revision \(stage.map { "of \($0) " } ?? "")changed: "
                + "\(Self.text(old)) -> \(Self.text(new))"
        case .resultUnreadable(let cause): "result file unreadable: \(cause)"
        case .forced: "forced"
        case .outputMissing(let what): "output missing in AWS: \(what)"
        case .documentSpoiled(let what): what
        case .askedAgain: "asked again (--refresh)"
        case .due(let what): what
        case .whatIf(let path): "what if: file \(path) changed"
        case .localCloudGone: "its local cloud is gone"
        case .notBound: "not bound to an account"
        case .neededBy(let name): "needed by \(name)"
        case .blockedBy(let name, let cause): "stage \(name) \(cause.rawValue)"
        }
    }

    /// The stage whose outputs this is about; nil where it is about the stage itself.
    package var upstreamStage: StageName? {
        switch self {
        case .stageChanged(let name, _, _), .stageMayChange(let name), .blockedBy(let name, _):
            name
        default: nil
        }
    }

    /// The digests before and after, where it is about digests.
    package var digests: (old: String?, new: String?)? {
        switch self {
        case .fileChanged(_, let old, let new): (old, new)
        case .fileAdded(_, let new): (nil, new)
        case .fileRemoved(_, let old): (old, nil)
        case .stageChanged(_, let old, let new): (old, new)
        case .settingChanged(_, let old, let new):
            (old.map { Digest.of($0) }, new.map { Digest.of($0) })
        default: nil
        }
    }

    private static func text(_ value: JSONValue?) -> String { value?.compactText ?? "(absent)" }

    private static func text(_ revision: Int?) -> String {
        revision.map { String($0) } ?? "(absent)"
    }
}
