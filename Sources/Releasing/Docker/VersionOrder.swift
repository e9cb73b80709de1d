/// A version as it is ordered: numbers part by part, and what is only to become a version below it.
///
/// `3.10.0` is above `3.9`, `3.4.0` equals `3.4`, `3.4.0-rc.2` is below `3.4.0` and above
/// `3.4.0-rc.1`. What `+` or a leading `v` adds does not count.
struct VersionOrder: Sendable, Comparable {
    private let numbers: [Int]
    /// Empty where it is a version itself.
    private let preview: [Substring]

    /// Reads a version; nil where it is made of no numbers, such as `nightly`.
    init?(_ text: String) {
        let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
        let core = bare.prefix { $0 != "+" }
        let parts = core.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        var numbers: [Int] = []
        for part in parts[0].split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = Self.number(part) else { return nil }
            numbers.append(number)
        }
        while numbers.last == 0 { numbers.removeLast() }
        self.numbers = numbers
        preview = parts.count > 1 ? parts[1].split(separator: ".") : []
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.numbers != right.numbers {
            return left.numbers.lexicographicallyPrecedes(right.numbers)
        }
        if left.preview.isEmpty || right.preview.isEmpty {
            return !left.preview.isEmpty && right.preview.isEmpty
        }
        return left.preview.lexicographicallyPrecedes(right.preview, by: isBefore)
    }

    /// Whether the tag `latest` of a repository goes to a version.
    ///
    /// What cannot be ordered takes it only from what cannot be ordered either.
    ///
    /// - Parameter present: the version that has it now; nil where nobody has, or nobody says.
    static func isNewest(_ version: String, beside present: String?) -> Bool {
        guard let present, let old = VersionOrder(present) else { return true }
        return VersionOrder(version).map { $0 >= old } ?? (version == present)
    }

    private static func isBefore(_ left: Substring, _ right: Substring) -> Bool {
        switch (number(left), number(right)) {
        case (let left?, let right?): left < right
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): left < right
        }
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}
