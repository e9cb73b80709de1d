/// How an object is copied in parts: a pure function of its size.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
package struct CopyPlan: Equatable {
    /// One part: a number from 1 and the inclusive range of bytes.
    package struct Part: Equatable, Sendable {
        package let number: Int
        package let firstByte: UInt64
        package let lastByte: UInt64
    }

    package static let preferredPartBytes: UInt64 = 128 << 20
    static let mostParts: UInt64 = 10_000

    package let parts: [Part]

    /// Cuts `sizeBytes` into parts of one size, the last one smaller.
    ///
    /// - Parameter partBytes: the size wished for; raised where it would give too many parts.
    package init(sizeBytes: UInt64, partBytes: UInt64 = preferredPartBytes) {
        let least = (sizeBytes + Self.mostParts - 1) / Self.mostParts
        let size = max(partBytes, least, 1)
        var parts: [Part] = []
        var first: UInt64 = 0
        while first < sizeBytes {
            let last = min(first + size, sizeBytes) - 1
            parts.append(Part(number: parts.count + 1, firstByte: first, lastByte: last))
            first = last + 1
        }
        self.parts = parts
    }
}
