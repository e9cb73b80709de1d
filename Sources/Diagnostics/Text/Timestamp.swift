package import FoundationEssentials
import Glibc

/// RFC 3339 in UTC with milliseconds: the one form in which times are written.
package enum Timestamp {
    /// Of the years that RFC 3339 can write, 0000 to 9999.
    private static let writable = -62_167_219_200.0...253_402_300_799.0

    /// Writes `2026-11-23T18:00:00.000Z`; of a time beyond what the form can hold, the nearest.
    package static func text(_ date: Date) -> String {
        let time = date.timeIntervalSince1970
        let near = min(max(time, writable.lowerBound), writable.upperBound)
        let milliseconds = Int64((near * 1000).rounded())
        var seconds = time_t(milliseconds / 1000)
        var fraction = milliseconds % 1000
        if fraction < 0 {
            fraction += 1000
            seconds -= 1
        }
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return digits(Int(parts.tm_year) + 1900, 4) + "-" + digits(Int(parts.tm_mon) + 1, 2)
            + "-" + digits(Int(parts.tm_mday), 2) + "T" + digits(Int(parts.tm_hour), 2)
            + ":" + digits(Int(parts.tm_min), 2) + ":" + digits(Int(parts.tm_sec), 2)
            + "." + digits(Int(fraction), 3) + "Z"
    }

    /// Reads RFC 3339 in UTC, with or without a fraction; nil where it is anything else.
    package static func date(_ text: String) -> Date? {
        guard text.hasSuffix("Z") else { return nil }
        let body = text.dropLast()
        let halves = body.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let day = halves[0].split(separator: "-").map { Int32($0) }
        let clock = halves[1].split(separator: ":")
        guard day.count == 3, clock.count == 3, let year = day[0], let month = day[1],
            let dayOfMonth = day[2], let hour = Int32(clock[0]), let minute = Int32(clock[1]),
            let second = Double(clock[2]), (1...12).contains(month), (1...31).contains(dayOfMonth)
        else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = dayOfMonth
        parts.tm_hour = hour
        parts.tm_min = minute
        return Date(timeIntervalSince1970: Double(timegm(&parts)) + second)
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
