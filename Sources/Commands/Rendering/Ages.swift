import Diagnostics
import FoundationEssentials

/// How long ago something was, as people read it.
enum Ages {
    /// `just now`, `5 min ago`, `3 h ago`, `2 days ago`; what is no time stays as it is.
    ///
    /// - Parameter time: RFC 3339.
    static func text(_ time: String, at now: Date) -> String {
        guard let date = Timestamp.date(time) else { return time }
        // Another machine's clock may be ahead.
        let minutes = Int(max(0, now.timeIntervalSince(date)) / 60)
        switch minutes {
        case 0: return "just now"
        case ..<60: return "\(minutes) min ago"
        case ..<(24 * 60): return "\(minutes / 60) h ago"
        default:
            let days = minutes / (24 * 60)
            return "\(days) day\(days == 1 ? "" : "s") ago"
        }
    }
}
