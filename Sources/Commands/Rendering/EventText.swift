import BuildGraph
import Diagnostics

/// One event as a line of plain text; the same for a log and above the live view.
enum EventText {
    /// How much is told.
    enum Detail: Int, Comparable {
        /// What a person wants to keep: the live view shows the rest while it goes on.
        case kept
        /// What happens, with short names.
        case short
        /// With folders and ids, however long.
        case full
        /// With what only matters to who looks for a fault.
        case all

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// The line without its end; nil for what is not worth one.
    static func line(_ event: RunEvent, _ detail: Detail, _ palette: Palette) -> String? {
        if detail == .kept && !isWorthKeeping(event) { return nil }
        let prefix = event.subject.map { "\($0): " } ?? ""
        switch event.kind {
        case .plan(let plan): return prefix + PlanText.summary(plan)
        case .sealed: return nil
        // A plan's previews are data and go to standard output.
        case .preview: return nil
        case .stageStarted(let expected):
            let hint = expected.map { " (took \(Durations.text($0)) last time)" } ?? ""
            return "\(prefix)started\(hint)"
        case .stageProgress(let percent, let message):
            return prefix + ShownText.line(message) + (percent.map { " (\(Int($0)) %)" } ?? "")
        // The plan has said already what is fresh.
        case .stageFinished(.fresh, _, _): return detail == .all ? "\(prefix)fresh" : nil
        // Of one run its end names them all at once.
        case .stageFinished(.blocked, _, _)
        where event.assetId == nil && detail < .all:
            return nil
        case .stageFinished(let status, let seconds, _):
            return prefix + palette.paint(ended(status, seconds), Palette.Meaning(status))
        case .resourceCreated(let thing):
            return describe(thing, detail).map { "\(prefix)created \($0)" }
        case .resourceDeleted(let thing):
            return describe(thing, detail).map { "\(prefix)deleted \($0)" }
        case .warning(let message):
            return "\(palette.paint("warning:", .warning)) \(prefix)\(ShownText.line(message))"
        case .error(let problem):
            return (event.assetId.map { "\($0): " } ?? "") + ErrorText.text(problem, palette)
        case .runFinished(let status, let seconds):
            return detail == .all
                ? "\(prefix)run \(status.rawValue) in \(Durations.text(seconds))" : nil
        }
    }

    private static func ended(_ status: RunEvent.Status, _ seconds: Double) -> String {
        switch status {
        case .succeeded: "done in \(Durations.text(seconds))"
        case .failed: "failed after \(Durations.text(seconds))"
        case .fresh: "fresh"
        case .blocked: "not started: a stage that it needs did not succeed"
        case .cancelled: "interrupted"
        }
    }

    /// Plans, how things fail, and what somebody has to read.
    private static func isWorthKeeping(_ event: RunEvent) -> Bool {
        switch event.kind {
        case .plan, .stageFinished(.failed, _, _), .warning, .error: true
        case .stageFinished(.blocked, _, _): event.assetId != nil
        default: false
        }
    }

    /// What a thing is called; nil for a folder of this machine, which no other name has.
    private static func describe(_ thing: RunEvent.Resource, _ detail: Detail) -> String? {
        let names = [thing.name, thing.id].compactMap { $0 }
        let unique = names.count == 2 && names[0] == names[1] ? [names[0]] : names
        let short = detail < .full ? unique.filter { !isLong($0) } : unique
        if short.isEmpty && unique.contains(where: { $0.hasPrefix("/") }) { return nil }
        let shown = short.isEmpty ? unique.map { String($0.prefix(shortId)) } : short
        return ShownText.line(([thing.kind] + shown).joined(separator: " "))
    }

    /// What Docker shows of its ids.
    private static let shortId = 12

    /// Folders, ARNs and digests.
    private static func isLong(_ name: String) -> Bool {
        name.hasPrefix("/") || name.hasPrefix("arn:")
            || name.count >= 40 && name.allSatisfy(\.isHexDigit)
    }
}
