/// Finds the name that somebody probably meant.
package enum NameSuggestion {
    /// The name nearest to a mistyped one; nil where none is near enough to be worth a word.
    ///
    /// Near enough is one edit for every three characters, at least one. Only the case differing
    /// counts as no edit at all.
    ///
    /// - Parameters:
    ///   - name: what was found.
    ///   - candidates: what is allowed; the first of several equally near ones wins.
    package static func nearest(to name: String, among candidates: some Sequence<String>)
        -> String?
    {
        let wanted = Array(name.lowercased())
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let letters = Array(candidate.lowercased())
            let limit = max(1, max(wanted.count, letters.count) / 3)
            guard abs(wanted.count - letters.count) <= limit else { continue }
            let distance = editDistance(wanted, letters)
            if distance <= limit, distance < best?.distance ?? Int.max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// A hint's sentence: `did you mean ...?` where a name is near, then all that is allowed.
    ///
    /// - Parameters:
    ///   - name: what was found.
    ///   - candidates: what is allowed.
    package static func hint(for name: String, among candidates: [String]) -> String {
        let allowed =
            candidates.isEmpty
            ? "nothing is allowed here"
            : "allowed: " + candidates.map { "`\($0)`" }.joined(separator: ", ")
        guard let near = nearest(to: name, among: candidates) else { return allowed }
        return "did you mean `\(near)`? \(allowed)"
    }

    /// Damerau and Levenshtein's distance where no part is edited twice: insertions, deletions,
    /// substitutions and swaps of neighbours count one each.
    ///
    /// Source: <https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance>
    static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var twoBack: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let same = left[row] == right[column]
                var distance = min(
                    previous[column] + (same ? 0 : 1),
                    previous[column + 1] + 1,
                    current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    distance = min(distance, twoBack[column - 1] + 1)
                }
                current.append(distance)
            }
            twoBack = previous
            previous = current
        }
        return previous[right.count]
    }
}
