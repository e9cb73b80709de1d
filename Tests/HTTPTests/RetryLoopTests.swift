import Diagnostics
import HTTP
import Synchronization
import TestSupport
import Testing

/// The loop, over calls that exist only here.
@Suite struct RetryLoopTests {
    /// A call whose attempts end as they are scripted.
    private struct Call: RetriedCall {
        var isRepeatable = true
        var script: [Result<Int, HTTPFailure>]
        /// Answers below zero are refusals; this one is put right.
        var healed = -99

        mutating func attempt() async throws -> Attempted<Int, Int> {
            guard !script.isEmpty else {
                throw Diagnostic(code: "test.too-many", summary: "one attempt too many")
            }
            let number = try script.removeFirst().get()
            if number == -8 { return .garbled(Diagnostic(code: "test.wire", summary: "")) }
            return number < 0 ? .refused(number) : .answered(number)
        }

        func setback(_ refusal: Int, after progress: RetryPolicy.Progress) -> Setback {
            if refusal == -7 {
                var setback = Setback(isPassing: true, isCertainlyUndone: true)
                setback.limitSeconds = 7
                return setback
            }
            return refusal == -5 ? .trouble() : .refusal
        }

        mutating func heals(_ refusal: Int) async -> Bool { refusal == healed }

        func diagnostic(of end: FinalFailure<Int>) -> Diagnostic {
            Diagnostic(
                code: end.isOutcomeUnknown ? "test.unknown-outcome" : "test.failed",
                summary: "attempt \(end.attempt)")
        }
    }

    private static let lost = HTTPFailure(
        kind: .connectionLost, message: "", host: "h", requestMayHaveReachedServer: true)
    private let clock = TestClock()

    private func run(_ call: Call, patienceSeconds: Double = 0) async throws -> Int {
        var policy = RetryPolicy(attempts: 3)
        policy.patienceSeconds = patienceSeconds
        policy.mostLimits = 2
        policy.longestLimitSeconds = 100
        return try await RetryLoop(policy: policy, time: clock, jitter: { 1 }).run(call)
    }

    private func end(_ call: Call, patienceSeconds: Double = 0) async -> String? {
        do {
            return "\(try await run(call, patienceSeconds: patienceSeconds))"
        } catch {
            let problem = Diagnostic.from(error)
            return "\(problem.code) \(problem.summary)"
        }
    }

    @Test func `what passes is made up for, and what does not is final`() async {
        #expect(await end(Call(script: [.failure(Self.lost), .success(-5), .success(4)])) == "4")
        #expect(clock.slept == [0.5, 1])
        #expect(await end(Call(script: [.success(-1)])) == "test.failed attempt 1")
        let thrice = [Result<Int, HTTPFailure>](repeating: .success(-5), count: 3)
        #expect(await end(Call(script: thrice)) == "test.failed attempt 3")
    }

    @Test func `a lost connection is no reason to create something twice`() async {
        for script in [Result<Int, HTTPFailure>.failure(Self.lost), .success(-5)] {
            let ended = await end(Call(isRepeatable: false, script: [script]))
            #expect(ended == "test.unknown-outcome attempt 1")
        }
        #expect(clock.slept.isEmpty)
    }

    @Test func `an answer that is none to the call is asked for again`() async {
        #expect(await end(Call(script: [.success(-8), .success(2)])) == "2")
        let ended = await end(Call(isRepeatable: false, script: [.success(-8)]))
        #expect(ended == "test.unknown-outcome attempt 1")
    }

    @Test func `a limit is no attempt, nor is what is put right`() async {
        let limits = [Result<Int, HTTPFailure>](repeating: .success(-7), count: 2)
        let call = Call(script: limits + [.success(-99), .success(-5), .success(-5), .success(1)])
        #expect(await end(call) == "1")
        #expect(clock.slept == [7, 7, 0.5, 1])
    }

    @Test func `an outage of minutes is borne where that was asked for`() async {
        let outage = [Result<Int, HTTPFailure>](repeating: .failure(Self.lost), count: 20)
        #expect(await end(Call(script: outage + [.success(3)]), patienceSeconds: 600) == "3")
        #expect(clock.monotonicSeconds() > 240)
        let start = clock.monotonicSeconds()
        let endless = [Result<Int, HTTPFailure>](repeating: .failure(Self.lost), count: 500)
        let ended = await end(Call(script: endless), patienceSeconds: 600)
        #expect(ended?.hasPrefix("test.failed") == true)
        #expect(clock.monotonicSeconds() - start <= 600)
    }
}
