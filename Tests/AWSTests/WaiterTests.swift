import Diagnostics
import Synchronization
import TestSupport
import Testing

@testable import AWS

@Suite struct WaiterTests {
    private static let lengths: [Double] = [
        1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 80, 90, 100, 150, 300, 600, 900, 1800, 3600, 7200,
        10_800,
    ]

    /// How many looks a wait takes, and how long after the end the last one is.
    private func simulate(_ schedule: WaiterSchedule, length: Double) -> (polls: Int, late: Double)
    {
        var elapsed: Double = 0
        var polls = 0
        while elapsed < length {
            elapsed += schedule.delay(elapsedSeconds: elapsed)
            polls += 1
        }
        return (polls, elapsed - length)
    }

    @Test func `without an expectation an end is noticed within 5 % or 2 s`() {
        let schedule = WaiterSchedule(deadlineSeconds: 1e6)
        for length in Self.lengths {
            let (polls, late) = simulate(schedule, length: length)
            #expect(late <= max(2, 0.05 * length) + 0.001, "\(length)")
            if length <= 30 { #expect(polls <= 16) }
        }
    }

    @Test func `with an expectation, fewer than 25 looks within 30 % of it`() {
        for expected in Self.lengths {
            let schedule = WaiterSchedule(expectedSeconds: expected, deadlineSeconds: 1e6)
            for share in stride(from: 0.7, through: 1.3, by: 0.001) {
                let (polls, late) = simulate(schedule, length: share * expected)
                #expect(polls < 25, "\(expected) \(share)")
                if (0.85...1.15).contains(share) {
                    #expect(late <= max(2, 0.05 * share * expected) + 0.001, "\(expected) \(share)")
                }
            }
        }
    }

    @Test func `an end before the expected one is noticed within about a quarter`() {
        for expected in Self.lengths {
            let schedule = WaiterSchedule(expectedSeconds: expected, deadlineSeconds: 1e6)
            for share in stride(from: 0.15, through: 0.85, by: 0.001) {
                let late = simulate(schedule, length: share * expected).late
                #expect(late <= max(2.2, 0.3 * share * expected), "\(expected) \(share)")
            }
        }
    }

    @Test func `an end much later than expected is noticed within 5 %`() {
        let schedule = WaiterSchedule(expectedSeconds: 10, deadlineSeconds: 1e6)
        for length in [20.0, 100, 1000] {
            #expect(simulate(schedule, length: length).late <= max(2, 0.05 * length) + 0.001)
        }
    }

    @Test func `a wait ends with what was waited for and tells how far it is`() async throws {
        let clock = TestClock()
        let seen = Mutex<[String]>([])
        let answer = try await Waiter.wait(
            "a thing", schedule: WaiterSchedule(deadlineSeconds: 100), time: clock,
            onProgress: { percent, message in
                seen.withLock { $0.append("\(percent ?? -1) \(message)") }
            }
        ) { () -> WaiterVerdict<Int> in
            clock.monotonicSeconds() >= 5 ? .done(7) : .pending(percent: 40, message: "busy")
        }
        #expect(answer == 7)
        #expect(seen.withLock { $0 } == ["40.0 busy", "40.0 busy"])
    }

    @Test func `a deadline names what it waited for and the last state`() async throws {
        let clock = TestClock()
        let error = await #expect(throws: Diagnostic.self) {
            try await Waiter.wait(
                "image `ami-1`", schedule: WaiterSchedule(deadlineSeconds: 10), time: clock
            ) { () -> WaiterVerdict<Int> in .pending(percent: nil, message: "still pending") }
        }
        #expect(error?.code == "aws.wait-timeout")
        #expect(error?.summary.contains("image `ami-1`") == true)
        #expect(error?.causes.contains { $0.contains("still pending") } == true)
        #expect(clock.monotonicSeconds() >= 10 && clock.monotonicSeconds() < 11)
    }

    @Test func `looks that fail in passing are borne, but not without end`() async throws {
        let clock = TestClock()
        let trouble = Diagnostic(code: "aws.unreachable", summary: "gone", isTrouble: true)
        let looks = Mutex(0)
        let answer = try await Waiter.wait(
            "a thing", schedule: WaiterSchedule(deadlineSeconds: 1000), time: clock
        ) { () -> WaiterVerdict<Int> in
            let count = looks.withLock { count in
                count += 1
                return count
            }
            if count % 6 != 0 { throw trouble }
            return count == 18 ? .done(count) : .pending(percent: nil, message: "busy")
        }
        #expect(answer == 18)
        let error = await #expect(throws: Diagnostic.self) {
            try await Waiter.wait(
                "a thing", schedule: WaiterSchedule(deadlineSeconds: 1000), time: clock
            ) { () -> WaiterVerdict<Int> in throw trouble }
        }
        #expect(error?.code == "aws.unreachable")
    }

    @Test func `a failing verdict ends the wait even if its code is a passing one`() async throws {
        let error = await #expect(throws: Diagnostic.self) {
            try await Waiter.wait(
                "a thing", schedule: WaiterSchedule(deadlineSeconds: 1000), time: TestClock()
            ) { () -> WaiterVerdict<Int> in
                .failed(Diagnostic(code: "aws.InternalError", summary: "the export failed"))
            }
        }
        #expect(error?.summary == "the export failed")
    }
}
