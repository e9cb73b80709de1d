import Synchronization

/// What bounds how much goes on at once; one value may be shared by many runs.
package final class RunSlots: Sendable {
    /// For work that loads this machine.
    package let local: SlotPool
    private let sizes: [String: Int]
    private let pools = Mutex<[String: SlotPool]>([:])

    /// Makes the slots.
    ///
    /// - Parameters:
    ///   - local: how much work that loads this machine goes on at once.
    ///   - pools: how many stages of each named pool; a pool without a number has one slot.
    package init(local: Int, pools: [String: Int] = [:]) {
        self.local = SlotPool(slots: local)
        sizes = pools
    }

    /// The slots of a named pool.
    func pool(_ name: String) -> SlotPool {
        pools.withLock { pools in
            if let pool = pools[name] { return pool }
            let pool = SlotPool(slots: sizes[name] ?? 1)
            pools[name] = pool
            return pool
        }
    }
}
