import Diagnostics

/// The export tasks of this process: one for all its releases, since EC2's limits hold for the
/// account. `ExportQueue` decides, this waits.
package actor ExportSlots {
    /// A place among those that may have a task; good until the work that it was given to ends.
    struct Slot: Sendable {
        fileprivate let slots: ExportSlots
        fileprivate let region: String
        fileprivate let ticket: ExportQueue.Ticket

        /// Says that EC2 had no room, and waits for what may have changed that.
        ///
        /// - Parameters:
        ///   - limit: which one EC2 refused for.
        ///   - seconds: at most so long.
        /// - Returns: whether an export of this process has ended meanwhile.
        /// - Throws: `CancellationError`.
        func waitForRoom(
            _ limit: ExportQueue.Limit, seconds: Double, time: any TimeSource
        ) async throws -> Bool {
            await slots.refused(self, for: limit)
            return try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await time.sleep(seconds: seconds)
                    return false
                }
                group.addTask { try await slots.call(ticket) }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
        }

        /// Says that EC2 took the task.
        func accepted() async { await slots.accepted(self) }
    }

    private var queues: [String: ExportQueue] = [:]
    private var nextTicket = 0
    /// Who waits to be let in, or to ask again.
    private var sleepers: [ExportQueue.Ticket: CheckedContinuation<Bool, Never>] = [:]
    /// Who was called before it slept.
    private var called: Set<ExportQueue.Ticket> = []

    /// Images in whose place BIOS images are exported.
    private var needing: Set<String> = []

    /// Makes one in which nobody is.
    package init() {}

    /// Does what needs an export task of an image, when it is its turn.
    ///
    /// - Parameters:
    ///   - isRunning: whether the task works already.
    ///   - onWaiting: called once where it is not its turn yet.
    /// - Throws: `CancellationError` when cancelled before its turn; what `work` throws.
    func withSlot<T: Sendable>(
        region: String, imageId: String, isRunning: Bool,
        onWaiting: @Sendable () -> Void = {},
        _ work: @Sendable (Slot) async throws -> T
    ) async throws -> T {
        let slot = Slot(slots: self, region: region, ticket: nextTicket)
        nextTicket += 1
        wake(
            queues[region, default: ExportQueue()].ask(
                slot.ticket, imageId: imageId, isRunning: isRunning))
        defer { leave(slot) }
        if called.remove(slot.ticket) == nil {
            onWaiting()
            _ = try await call(slot.ticket)
        }
        return try await work(slot)
    }

    /// Whether EC2 has refused this image for how it boots.
    func needsBIOSImage(_ imageId: String) -> Bool { needing.contains(imageId) }

    /// Notes that EC2 refuses this image for how it boots; whether nobody had noted it before.
    func noteNeedOfBIOSImage(_ imageId: String) -> Bool { needing.insert(imageId).inserted }

    /// Sleeps until called.
    private func call(_ ticket: ExportQueue.Ticket) async throws -> Bool {
        try Task.checkCancellation()
        if called.remove(ticket) != nil { return true }
        let isCalled = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    sleepers[ticket] = continuation
                }
            }
        } onCancel: {
            Task { await self.abandon(ticket) }
        }
        guard isCalled else { throw CancellationError() }
        return true
    }

    private func abandon(_ ticket: ExportQueue.Ticket) {
        sleepers.removeValue(forKey: ticket)?.resume(returning: false)
    }

    private func refused(_ slot: Slot, for limit: ExportQueue.Limit) {
        queues[slot.region]?.refused(slot.ticket, for: limit)
    }

    private func accepted(_ slot: Slot) {
        called.remove(slot.ticket)
        wake(queues[slot.region]?.accepted(slot.ticket) ?? [])
    }

    private func leave(_ slot: Slot) {
        called.remove(slot.ticket)
        guard let next = queues[slot.region]?.leave(slot.ticket) else { return }
        wake(next.again + next.admitted)
    }

    private func wake(_ tickets: [ExportQueue.Ticket]) {
        for ticket in tickets {
            if let sleeper = sleepers.removeValue(forKey: ticket) {
                sleeper.resume(returning: true)
            } else {
                called.insert(ticket)
            }
        }
    }
}
