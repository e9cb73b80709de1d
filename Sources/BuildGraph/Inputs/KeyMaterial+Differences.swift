import JSON
import OrderedCollections

extension KeyMaterial {
    /// Every way in which this differs from what a run was recorded with, sorted by name within
    /// settings, revisions, files and stages.
    func differences(from run: RecordedRun) -> [Reason] {
        var settings: [Reason] = []
        var files: [Reason] = []
        var stages: [Reason] = []
        for name in Set(inputs.keys).union(run.inputs.keys).sorted() {
            let old = run.inputs[name]
            let new = inputs[name]
            guard old != new else { continue }
            if let pointer = name.suffix(after: Self.settingPrefix) {
                settings += Self.differences(
                    pointer, run.settings[pointer], self.settings[pointer])
            } else if let path = name.suffix(after: Self.filePrefix) {
                files.append(Self.fileDifference(path, old, new))
            } else if let text = name.suffix(after: Self.stagePrefix) {
                let stage = StageName(rawValue: text)
                // Of one that is still to run nobody knows whether it differs.
                if unknown.contains(stage) && old != nil { continue }
                stages.append(.stageChanged(stage, old: old, new: new))
            }
        }
        stages += unknown.filter { run.inputs[Self.stagePrefix + $0.rawValue] == nil }.sorted()
            .map { .stageChanged($0, old: nil, new: nil) }
        return settings + revisionDifferences(from: run) + files + stages
    }

    private func revisionDifferences(from run: RecordedRun) -> [Reason] {
        Set(revisions.keys).union(run.revisions.keys).sorted().compactMap { name in
            let old = run.revisions[name]
            let new = revisions[name]
            guard old != new else { return nil }
            let isOwn = name == stage.rawValue
            return .revisionChanged(
                isOwn ? nil : StageName(rawValue: name), old: old, new: new)
        }
    }

    private static func fileDifference(_ path: String, _ old: String?, _ new: String?) -> Reason {
        switch (old, new) {
        case (let old?, let new?): .fileChanged(path, old: old, new: new)
        case (let old?, nil): .fileRemoved(path, old: old)
        default: .fileAdded(path, new: new ?? "")
        }
    }

    /// The members of two objects that differ, each by its own pointer, or the values as they are.
    ///
    /// So one changed variable of twenty is not buried in two long lines.
    private static func differences(
        _ pointer: String, _ old: JSONValue?, _ new: JSONValue?
    ) -> [Reason] {
        guard let oldMembers = old?.objectValue, let newMembers = new?.objectValue else {
            return [.settingChanged(pointer, old: old, new: new)]
        }
        let members = Set(oldMembers.keys).union(newMembers.keys).sorted()
        let reasons = members.flatMap { name -> [Reason] in
            let old = oldMembers[name]
            let new = newMembers[name]
            guard old != new else { return [] }
            return differences(
                pointer + JSONPointer(tokens: [name]).description, old, new)
        }
        // Where only the form of a name differs, no member does.
        return reasons.isEmpty ? [.settingChanged(pointer, old: old, new: new)] : reasons
    }
}

extension String {
    /// The rest behind a prefix; nil where it does not begin with it.
    func suffix(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
