import Diagnostics

/// How old a thing must be: `30m`, `6h`, `7d`, `90s`, or `0` for any age.
package struct AgeLimit: Sendable, Equatable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    package let seconds: Double

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    private static let mostSeconds = 36_525 * 86_400.0

    /// Reads one.
    ///
    /// - Throws: `clean.age` of severity `.configuration`.
    package init(_ text: String) throws {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count)
        let factor = unit.count == 1 ? unit.first.flatMap { Self.units[$0] } : nil
        guard let number = Double(digits), let factor = factor ?? (text == "0" ? 1 : nil),
            number * factor <= Self.mostSeconds
        else {
            throw Diagnostic(
                code: "clean.age", severity: .configuration,
                summary: "`\(text)` is no age", location: "--older-than",
                hint: "name a whole number of seconds, minutes, hours or days, such as `90s`, "
                    + "`30m`, `6h` or `7d`; `0` for any age")
        }
        description = text
        seconds = number * factor
    }
}
