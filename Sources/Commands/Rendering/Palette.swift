import BuildGraph
import Releasing

/// The colours of one stream, by what they mean.
///
/// Texts are put together and measured without them, and painted last: what is written of a colour
/// (SGR) takes no column.
struct Palette: Sendable {
    /// What is said by a colour, beside the words that say it too.
    enum Meaning: CaseIterable {
        case fresh, run, maybe, blocked, failed
        /// Something that people may want to stop, such as an image that others have.
        case warning
        /// What stands behind the rest.
        case faint
    }

    private let isColoured: Bool

    /// No colours.
    static let plain = Palette(isColoured: false)

    private init(isColoured: Bool) { self.isColoured = isColoured }

    /// The palette of a stream.
    ///
    /// Source: <https://no-color.org/>
    init(isTerminal: Bool, noColor: Bool, environment: [String: String]) {
        isColoured =
            isTerminal && !noColor && (environment["NO_COLOR"] ?? "").isEmpty
            && environment["CI"] == nil && environment["TERM"] != "dumb"
    }

    /// The text in the colour of a meaning; as it is where there is none.
    func paint(_ text: String, _ meaning: Meaning?) -> String {
        guard isColoured, let meaning, !text.isEmpty else { return text }
        return "\u{1B}[\(meaning.code)m\(text)\u{1B}[0m"
    }
}

extension Palette.Meaning {
    /// What a terminal takes for it: ECMA-48, 8.3.117 (SGR).
    fileprivate var code: String {
        switch self {
        case .fresh: "32"
        case .run: "36"
        case .maybe: "34"
        case .blocked: "35"
        case .failed: "1;31"
        case .warning: "33"
        case .faint: "2"
        }
    }

    /// Of a stage in a plan.
    init(_ state: StageState) {
        self =
            switch state {
            case .fresh: .fresh
            case .run: .run
            case .maybe: .maybe
            case .blocked: .blocked
            }
    }

    /// Of a stage in `status`.
    init(_ word: StatusReport.Word) {
        self =
            switch word {
            case .fresh: .fresh
            case .stale, .neverRan: .run
            case .failed: .failed
            case .removed, .superseded: .warning
            }
    }

    /// Of a stage's end.
    init(_ status: RunEvent.Status) {
        self =
            switch status {
            case .succeeded, .fresh: .fresh
            case .failed: .failed
            case .blocked: .blocked
            case .cancelled: .warning
            }
    }

    /// Of a check of `doctor`.
    init(_ status: HealthFinding.Status) {
        self =
            switch status {
            case .ok: .fresh
            case .skipped: .faint
            case .warning: .warning
            case .failed: .failed
            }
    }

    /// Of a release of a matrix.
    init(_ status: MatrixSummary.Status) {
        self =
            switch status {
            case .fresh: .fresh
            case .stale, .neverRan: .run
            case .failed: .failed
            }
    }
}
