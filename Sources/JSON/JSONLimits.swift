/// What a JSON text may be at most.
package struct JSONLimits: Sendable, Equatable {
    /// The longest text.
    package var sizeBytes: Int
    /// The deepest nesting of arrays and objects; at most 2,000, for jansson's own is 2,048.
    package var depth: Int

    /// Sets limits.
    package init(sizeBytes: Int = 64 * 1024 * 1024, depth: Int = 100) {
        self.sizeBytes = sizeBytes
        self.depth = min(depth, 2000)
    }

    /// 64 MiB and a depth of 100.
    package static let standard = JSONLimits()
}
