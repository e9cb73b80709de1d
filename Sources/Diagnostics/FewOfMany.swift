/// The first of many lines that say the same of different things.
package enum FewOfMany {
    /// What a person still reads.
    package static let most = 10

    /// The first ten, and how many more there are.
    package static func lines(_ all: some Collection<String>) -> [String] {
        guard all.count > most else { return Array(all) }
        return all.prefix(most) + ["and \(all.count - most) more"]
    }
}
