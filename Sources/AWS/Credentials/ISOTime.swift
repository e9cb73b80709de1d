import Diagnostics
import FoundationEssentials
import Glibc

/// Times as helpers, endpoints and caches of other tools write them: ISO 8601 in all its forms.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html,
/// https://dateutil.readthedocs.io/en/stable/parser.html for what botocore reads
enum ISOTime {
    /// Reads a date and a time, with dashes and colons or without, and a zone after it.
    ///
    /// What names no zone is UTC. Nil where it is anything else.
    static func date(_ text: String) -> Date? {
        var reader = Reader(rest: text.trimmed[...])
        guard let year = reader.number(4), let isDashed = reader.optional("-"),
            let month = reader.number(2, 1...12), !isDashed || reader.take("-"),
            let day = reader.number(2, 1...31), reader.takeOne(of: "Tt "),
            let hour = reader.number(2, 0...23), let isColoned = reader.optional(":"),
            let minute = reader.number(2, 0...59)
        else { return nil }
        var second = 0.0
        if isColoned ? reader.take(":") : reader.rest.first?.isNumber == true {
            guard let whole = reader.number(2, 0...59) else { return nil }
            second = Double(whole) + reader.fraction()
        }
        guard let offset = reader.offsetSeconds() else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
            Int32(year - 1900), Int32(month - 1), Int32(day)
        )
        (parts.tm_hour, parts.tm_min) = (Int32(hour), Int32(minute))
        let seconds = timegm(&parts)
        // February's 30th has become March's 2nd.
        guard parts.tm_mday == Int32(day) else { return nil }
        return Date(timeIntervalSince1970: Double(seconds) + second - Double(offset))
    }

    private struct Reader {
        var rest: Substring

        mutating func take(_ sign: Character) -> Bool { takeOne(of: "\(sign)") }

        mutating func takeOne(of signs: String) -> Bool {
            guard let first = rest.first, signs.contains(first) else { return false }
            rest.removeFirst()
            return true
        }

        /// Whether a sign stands here, which is passed over; nil at the end.
        mutating func optional(_ sign: Character) -> Bool? {
            rest.isEmpty ? nil : take(sign)
        }

        mutating func number(_ digits: Int, _ range: ClosedRange<Int> = 0...9999) -> Int? {
            let text = rest.prefix(digits)
            guard text.count == digits, text.allSatisfy({ ("0"..."9").contains($0) }),
                let value = Int(text), range.contains(value)
            else { return nil }
            rest = rest.dropFirst(digits)
            return value
        }

        mutating func fraction() -> Double {
            guard let sign = rest.first, sign == "." || sign == "," else { return 0 }
            let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(1 + digits.count)
            return Double("0.\(digits)0") ?? 0
        }

        /// The zone that ends the text; nil where it is none.
        mutating func offsetSeconds() -> Int? {
            rest = rest.drop { $0 == " " }
            if ["", "Z", "UTC", "GMT"].contains(rest.uppercased()) { return 0 }
            guard let sign = rest.popFirst(), sign == "+" || sign == "-",
                let hours = number(2, 0...23)
            else { return nil }
            _ = take(":")
            let minutes = rest.isEmpty ? 0 : number(2, 0...59)
            guard let minutes, rest.isEmpty else { return nil }
            return (hours * 3600 + minutes * 60) * (sign == "+" ? 1 : -1)
        }
    }
}
