import TestSupport
import Testing

@testable import Releasing

@Suite struct ExportPatienceTests {
    @Test(arguments: 0..<200)
    func `EC2 is asked again after half a minute to two, and never after a day`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let elapsed = Double.random(in: 0...ExportPatience.boundSeconds * 1.1, using: &generator)
        let delay = ExportPatience.untilAsking(
            jitter: Double.random(in: -0.5...1.5, using: &generator), elapsedSeconds: elapsed)
        if elapsed + 120 <= ExportPatience.boundSeconds {
            #expect(ExportPatience.askSeconds.contains(delay))
        }
        #expect(delay == 0 || elapsed + delay <= ExportPatience.boundSeconds)
    }

    @Test func `the whole range of delays is used`() {
        #expect(ExportPatience.untilAsking(jitter: 0, elapsedSeconds: 0) == 30)
        #expect(ExportPatience.untilAsking(jitter: 1, elapsedSeconds: 0) == 120)
    }

    @Test(arguments: 0..<200)
    func `a look comes after two seconds to thirty, and not after the next asking`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let elapsed = Double.random(in: 0...5000, using: &generator)
        let left = Double.random(in: 0...120, using: &generator)
        let delay = ExportPatience.untilLooking(elapsedSeconds: elapsed, untilAskingSeconds: left)
        #expect(delay <= left && delay <= ExportPatience.lookSeconds.upperBound)
        #expect(delay == left || delay >= ExportPatience.lookSeconds.lowerBound)
    }

    @Test func `there is room when one of those in the way has ended`() {
        #expect(ExportPatience.hasRoom(blockers: ["a", "b"], active: ["b", "c"]))
        #expect(!ExportPatience.hasRoom(blockers: ["a"], active: ["a", "b"]))
        // Nobody was seen: only asking tells.
        #expect(!ExportPatience.hasRoom(blockers: [], active: []))
    }
}
