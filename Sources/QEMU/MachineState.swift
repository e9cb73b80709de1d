import JSON

/// What `qemu` says of a machine through its monitor.
///
/// Source: <https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html> (`RunState`,
/// `query-status`, `query-blockstats`)
struct MachineState: Sendable, Equatable {
    /// A `RunState`, such as `running`.
    var runState: String
    /// Read from and written to all disks so far.
    var diskBytes: Int64

    /// States in which no guest runs and which nobody here asked for.
    private static let stopped: Set<String> = [
        "internal-error", "guest-panicked", "io-error", "paused", "watchdog", "debug", "suspended",
    ]

    /// Whether the guest stands still for good.
    var hasStopped: Bool { Self.stopped.contains(runState) }

    /// Describes a state.
    init(runState: String, diskBytes: Int64) {
        self.runState = runState
        self.diskBytes = diskBytes
    }

    /// Reads what `query-status` and `query-blockstats` return; nil where they return something
    /// else.
    init?(status: JSONValue, blocks: JSONValue) {
        guard let runState = status["status"]?.stringValue else { return nil }
        self.runState = runState
        diskBytes = (blocks.arrayValue ?? []).reduce(0) { sum, device in
            let counts = ["rd_bytes", "wr_bytes"].compactMap {
                device["stats"]?[$0]?.integerValue
            }
            return counts.reduce(sum) { $0.addingReportingOverflow($1).partialValue }
        }
    }
}
