/// Work on many things at once, but not on all.
package enum ConcurrentMap {
    /// The results in the order of `items`.
    ///
    /// - Parameter width: on how many at once.
    /// - Throws: what the first failing `body` throws.
    package static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], width: Int = 8,
        _ body: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: items.count)
            var waiting = items.enumerated().makeIterator()
            func startNext() {
                guard let (place, item) = waiting.next() else { return }
                group.addTask { (place, try await body(item)) }
            }
            for _ in 0..<width { startNext() }
            while let (place, result) = try await group.next() {
                results[place] = result
                startNext()
            }
            return results.compactMap { $0 }
        }
    }
}
