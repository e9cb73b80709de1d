import Releasing
import Testing

@Suite struct CopyPlanTests {
    @Test(
        arguments: [
            1, 4095, 128 << 20, (128 << 20) + 1, 5 << 30, 100 << 30, 5 << 40,
        ] as [UInt64])
    func `parts cover an object once, in order, within S3's limits`(sizeBytes: UInt64) {
        let parts = CopyPlan(sizeBytes: sizeBytes).parts
        #expect(parts.count <= 10_000)
        #expect(parts.first?.firstByte == 0)
        #expect(parts.last?.lastByte == sizeBytes - 1)
        for (part, next) in zip(parts, parts.dropFirst()) {
            #expect(part.lastByte + 1 == next.firstByte)
            #expect(part.number + 1 == next.number)
            let size = part.lastByte - part.firstByte + 1
            #expect(size >= 5 << 20 && size <= 5 << 30)
        }
    }
}
