import Synchronization

/// What bounds how much goes on at once; one value may be shared by many runs.
package final class RunSlots: Sendable {
    /// For work that loads this machine.
    package let local: SlotPool
    private let pools = Mutex<[String: SlotPool]>([:])

    /// Makes the slots.
    ///
    /// - Parameter local: how much work that loads this machine goes on at once.
    package init(local: Int) { self.local = SlotPool(slots: local) }

    /// The one slot of a named pool.
    func pool(_ name: String) -> SlotPool {
        pools.withLock { pools in
            if let pool = pools[name] { return pool }
            let pool = SlotPool(slots: 1)
            pools[name] = pool
            return pool
        }
    }
}
