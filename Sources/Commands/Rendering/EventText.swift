import BuildGraph
import Diagnostics

/// One event as a line of plain text; the same for a log and above the live view.
enum EventText {
    /// The line without its end; nil for what is not worth one.
    ///
    /// - Parameter isDebug: shows what only matters to who looks for a fault.
    static func line(_ event: RunEvent, isDebug: Bool, _ palette: Palette) -> String? {
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
        case .stageFinished(.fresh, _, _): return isDebug ? "\(prefix)fresh" : nil
        // Of one run its end names them all at once.
        case .stageFinished(.blocked, _, _) where event.assetId == nil && !isDebug: return nil
        case .stageFinished(let status, let seconds, _):
            return prefix + palette.paint(ended(status, seconds), Palette.Meaning(status))
        case .resourceCreated(let thing): return "\(prefix)created \(describe(thing))"
        case .resourceDeleted(let thing): return "\(prefix)deleted \(describe(thing))"
        case .warning(let message):
            return "\(palette.paint("warning:", .warning)) \(prefix)\(ShownText.line(message))"
        case .error(let problem):
            return (event.assetId.map { "\($0): " } ?? "") + ErrorText.text(problem, palette)
        case .runFinished(let status, let seconds):
            return isDebug ? "\(prefix)run \(status.rawValue) in \(Durations.text(seconds))" : nil
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

    private static func describe(_ thing: RunEvent.Resource) -> String {
        let names = [thing.name, thing.id].compactMap { $0 }
        let unique = names.count == 2 && names[0] == names[1] ? [names[0]] : names
        return ShownText.line(([thing.kind] + unique).joined(separator: " "))
    }
}
