/// A full disk, as the programs that this one starts tell of it.
package enum DiskSpace {
    /// What to do about one.
    package static let hint = "free some space there, then run the same command again"

    /// The hint where a program's own words say that it could write no more, else nil.
    ///
    /// - Parameter words: what it wrote to standard error.
    package static func hint(ifUsedUp words: String) -> String? {
        // The C library's texts of ENOSPC and EDQUOT.
        ["No space left on device", "Disk quota exceeded"].contains { words.contains($0) }
            ? hint : nil
    }
}
