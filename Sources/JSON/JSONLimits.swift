/// What a JSON text may be at most.
package struct JSONLimits: Sendable, Equatable {
    /// The longest text.
    package var sizeBytes: Int
    /// The deepest nesting of arrays and objects; at most 2,000, for jansson's own is 2,048.
    package var depth: Int

    /// The most values, since each takes many times the bytes that it is written with; arrays and
    /// objects count twice.
    package var values: Int

    /// Sets limits.
    package init(sizeBytes: Int = 16 << 20, depth: Int = 100, values: Int = 250_000) {
        self.sizeBytes = sizeBytes
        self.values = values
        self.depth = min(depth, 2000)
    }

    /// 16 MiB, a depth of 100, 250,000 values.
    package static let standard = JSONLimits()

    /// For what people write: 1 MiB.
    package static let manifest = JSONLimits(sizeBytes: 1 << 20)

    /// For what a run records of one stage: 4 MiB.
    package static let result = JSONLimits(sizeBytes: 4 << 20)
}
