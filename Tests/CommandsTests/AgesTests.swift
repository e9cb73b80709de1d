import Foundation
import Testing

@testable import Commands

@Suite struct AgesTests {
    /// 2026-11-23T18:00:00Z.
    private let now = Date(timeIntervalSince1970: 1_795_456_800)

    @Test(
        arguments: [
            ("2026-11-23T18:00:30.000Z", "just now"), ("2026-11-23T17:59:01.000Z", "just now"),
            ("2026-11-23T17:01:00.000Z", "59 min ago"), ("2026-11-23T15:00:00.000Z", "3 h ago"),
            ("2026-11-22T18:00:00.000Z", "1 day ago"), ("2026-11-21T17:00:00.000Z", "2 days ago"),
            ("yesterday", "yesterday"),
        ])
    func `a time is told by its age`(time: String, age: String) {
        #expect(Ages.text(time, at: now) == age)
    }
}
