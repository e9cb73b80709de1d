/// The transitive reduction of a graph: the fewest edges from which all others follow.
enum GraphReduction {
    /// Leaves out each edge that a longer way between the same two makes plain.
    ///
    /// - Parameter upstream: what each needs, by number; all of it has smaller numbers.
    static func reduced(_ upstream: [[Int]]) -> [[Int]] {
        var behind: [Set<Int>] = []
        return upstream.map { needed in
            let further = needed.reduce(into: Set<Int>()) { $0.formUnion(behind[$1]) }
            behind.append(further.union(needed))
            return needed.filter { !further.contains($0) }
        }
    }
}
