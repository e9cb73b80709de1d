import Diagnostics
import JSON
import OrderedCollections
import Releasing

/// The lines of `dssbatch doctor`.
struct HealthText {
    private let width: Int
    private let time: any TimeSource
    private let palette: Palette
    private static let statusWidth =
        HealthFinding.Status.allCases.map(\.rawValue.count).max() ?? 0

    /// - Parameter names: of all checks, so that the columns stand still while answers come.
    init(names: [String], time: any TimeSource, _ palette: Palette) {
        width = names.map(\.count).max() ?? 0
        self.time = time
        self.palette = palette
    }

    /// Status, name, what was found and what to do.
    func line(_ answer: Doctor.Answer) -> String {
        let finding = answer.finding
        let hint = finding.hint.map { " -> \($0)" } ?? ""
        let status = Self.padded(finding.status.rawValue, Self.statusWidth)
        return palette.paint(status, Palette.Meaning(finding.status)) + "  "
            + Self.padded(answer.name, width) + "  " + finding.message + hint
    }

    /// The event of `--json`.
    func json(_ answer: Doctor.Answer) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "event": "check", "time": .string(Timestamp.text(time.now())),
            "name": .string(answer.name), "status": .string(answer.finding.status.rawValue),
            "message": .string(answer.finding.message),
        ]
        if let hint = answer.finding.hint { members["hint"] = .string(hint) }
        return .object(members)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
