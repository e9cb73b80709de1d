/// Sizes as people read them.
package enum ByteCount {
    /// All of them together; what is unknown counts nothing, and records may say anything.
    static func sum(_ sizes: [Int64?]) -> Int64 {
        sizes.reduce(0) { sum, size in
            let (next, isBeyond) = sum.addingReportingOverflow(max(0, size ?? 0))
            return isBeyond ? .max : next
        }
    }

    /// `1.5 GiB`: one decimal from KiB upwards, binary units.
    package static func text(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var value = Double(bytes)
        var unit = 0
        // What would be rounded to 1024.0 of one unit is 1.0 of the next.
        while value >= 1023.95 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        if unit == 0 { return "\(bytes) B" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
