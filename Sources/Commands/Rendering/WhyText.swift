import BuildGraph
import JSON

/// The chain of causes as text and as JSON.
enum WhyText {
    /// The lowest cause first, each stage with its reasons and their digests below it.
    static func text(_ why: Why) -> String {
        var lines: [String] = []
        for (index, link) in why.chain.enumerated() {
            let arrow = index == 0 ? "" : "-> "
            lines.append("\(arrow)\(link.stage): \(link.state.rawValue)")
            for reason in link.reasons {
                lines.append("     \(reason)")
                if let (old, new) = reason.digests {
                    lines.append("       old \(old ?? "(none)")")
                    lines.append("       new \(new ?? "(not known yet)")")
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// `{"chain": [{"stage", "state", "reasons": [{"reason", "old", "new"}]}]}`, lowest first.
    static func json(_ why: Why) -> JSONValue {
        let chain = why.chain.map { link -> JSONValue in
            let reasons = link.reasons.map { reason -> JSONValue in
                [
                    "reason": .string(reason.description),
                    "old": (reason.digests?.old).map { .string($0) } ?? nil,
                    "new": (reason.digests?.new).map { .string($0) } ?? nil,
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
