/// A bounded number of slots, handed out in the order of asking.
package actor SlotPool {
    private var free: Int
    private var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    private var nextId = 0

    /// Makes a pool.
    ///
    /// - Parameter slots: how many may work at once; less than one counts as one.
    package init(slots: Int) { free = max(1, slots) }

    /// Runs `work` in a slot, waiting for one first.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while it waits; what `work` throws.
    package func withSlot<T: Sendable>(
        _ work: @Sendable () async throws -> T
    ) async throws -> T {
        try await acquire()
        defer { release() }
        return try await work()
    }

    private func acquire() async throws {
        try Task.checkCancellation()
        if free > 0 {
            free -= 1
            return
        }
        let id = nextId
        nextId += 1
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    waiting.append((id, continuation))
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
        if !granted { throw CancellationError() }
    }

    private func release() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().continuation.resume(returning: true)
        }
    }

    private func abandon(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }
}
