/// Work on many things at once, but not on all.
enum ConcurrentMap {
    /// How many calls of one kind are made at once.
    static let width = 8

    /// The results in the order of `items`.
    ///
    /// - Throws: what the first failing `body` throws.
    static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Result
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
