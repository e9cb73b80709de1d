/// Lengths of time as people read them.
enum Durations {
    /// `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`.
    static func text(_ seconds: Double) -> String {
        if seconds < 9.95 {
            let tenths = Int((max(0, seconds) * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        return "\(whole / 3600) h \(twoDigits(whole / 60 % 60)) min"
    }

    /// How long something will take, which nobody knows to the second: `about 40 s`,
    /// `about 47 min`, `about 1 h 02 min`.
    static func about(_ seconds: Double) -> String {
        if seconds < 59.5 { return "about \(Int(seconds.rounded())) s" }
        let minutes = Int((seconds / 60).rounded())
        if minutes < 60 { return "about \(minutes) min" }
        return "about \(minutes / 60) h \(twoDigits(minutes % 60)) min"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
