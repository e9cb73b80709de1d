import Diagnostics
import Synchronization

/// What the programs of a running stage write, such as Ansible and consoles.
///
/// It is kept beside the results where the stage fails, since its machine is gone by then. Only
/// its end is kept. Secrets are left out as each text comes in, before any is cut.
package final class StageLog: Sendable {
    /// How much is kept.
    package static let limitBytes = 1 << 20
    private static let gap = "(earlier lines are left out)"

    private struct Kept {
        var lines: [String] = []
        var first = 0
        var bytes = 0
        var isCut = false
    }

    private let kept = Mutex(Kept())
    private let onText: (@Sendable (String) -> Void)?

    /// Holds nothing.
    ///
    /// - Parameter onText: told of each text as it comes, secrets left out.
    package init(onText: (@Sendable (String) -> Void)? = nil) { self.onText = onText }

    /// Adds a text of one line or more.
    package func add(_ text: String) {
        // Secrets may have several lines.
        let shown = ShownText.redacted(text)
        onText?(shown)
        let lines = shown.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).map { ShownText.line(String($0)) }
        kept.withLock { kept in
            kept.lines += lines
            kept.bytes += lines.reduce(0) { $0 + $1.utf8.count + 1 }
            while kept.bytes > Self.limitBytes - Self.gap.utf8.count - 1 {
                kept.bytes -= kept.lines[kept.first].utf8.count + 1
                kept.lines[kept.first] = ""
                kept.first += 1
            }
            // Seldom, since everything behind them moves.
            if kept.first > kept.lines.count / 2 {
                kept.lines.removeFirst(kept.first)
                kept.isCut = true
                kept.first = 0
            }
        }
    }

    /// All that is kept; nil where there is nothing.
    package var bytes: [UInt8]? {
        let (lines, isCut) = kept.withLock { ($0.lines[$0.first...], $0.isCut || $0.first > 0) }
        if lines.isEmpty { return nil }
        return Array(((isCut ? [Self.gap] : []) + lines).joined(separator: "\n").utf8) + [10]
    }

    /// The name of a stage's log beside its result.
    package static func file(of stage: StageName) -> String { "\(stage).log" }
}
