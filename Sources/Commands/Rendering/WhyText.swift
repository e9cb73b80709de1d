import BuildGraph
import Diagnostics
import JSON

/// The chain of causes as text and as JSON.
enum WhyText {
    /// The lowest cause first, each stage with its reasons and their digests below it.
    ///
    /// - Parameters:
    ///   - failures: what stages failed with last time.
    ///   - ages: how long ago that was.
    static func text(
        _ why: Why, _ failures: [StageName: RecordedError], ages: [StageName: String],
        _ palette: Palette
    ) -> String {
        var lines: [String] = []
        for (index, link) in why.chain.enumerated() {
            let arrow = index == 0 ? "" : "-> "
            let state = palette.paint(link.state.rawValue, Palette.Meaning(link.state))
            lines.append("\(arrow)\(link.stage): \(state)")
            for reason in link.reasons {
                let age = reason == .failedLastTime ? ages[link.stage] : nil
                let when = age.map { ", \($0)" } ?? ""
                lines.append("     " + ShownText.line("\(reason)\(when)"))
                if reason == .failedLastTime, let error = failures[link.stage] {
                    lines += self.lines(error).map { "       \($0)" }
                }
                if let (old, new) = reason.digests {
                    lines.append("       old \(old ?? "(none)")")
                    lines.append("       new \(new ?? "(not known yet)")")
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ error: RecordedError) -> [String] {
        var lines = ["error: \(error.message)"]
        if let location = error.location { lines.append("  at: \(location)") }
        lines += error.causes.map { "  because: \($0)" }
        lines.append("  code: \(error.code)")
        if let log = error.log { lines.append("  log: \(log)") }
        if let hint = error.hint { lines.append("hint: \(hint)") }
        return lines.map(ShownText.line)
    }

    /// `{"chain": [{"stage", "state", "reasons": [{"reason", "old", "new", "error"}]}]}`, lowest
    /// first.
    static func json(_ why: Why, _ failures: [StageName: RecordedError]) -> JSONValue {
        let chain = why.chain.map { link -> JSONValue in
            let reasons = link.reasons.map { reason -> JSONValue in
                [
                    "reason": .string(reason.description),
                    "old": (reason.digests?.old).map { .string($0) } ?? nil,
                    "new": (reason.digests?.new).map { .string($0) } ?? nil,
                    "error": reason == .failedLastTime
                        ? failures[link.stage].map(\.json) ?? nil : nil,
                ]
            }
            return [
                "stage": .string(link.stage.rawValue), "state": .string(link.state.rawValue),
                "reasons": .array(reasons),
            ]
        }
        return ["chain": .array(chain)]
    }
}
