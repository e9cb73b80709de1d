package import Diagnostics

/// One call of a server as the retry loop sees it: what one server adds to what all have in common.
package protocol RetriedCall {
    /// What a call that succeeded gives.
    associatedtype Answer: Sendable
    /// What the server said instead.
    associatedtype Refusal: Sendable

    /// Whether a second time changes nothing.
    var isRepeatable: Bool { get }

    /// Makes one attempt.
    ///
    /// - Throws: `HTTPFailure` where no whole answer came; anything else ends the call.
    mutating func attempt() async throws -> Attempted<Answer, Refusal>

    /// What an answer that is none to this call means for the next attempt.
    var garbledSetback: Setback { get }

    /// What a refusal means for the next attempt.
    func setback(_ refusal: Refusal, after progress: RetryPolicy.Progress) -> Setback

    /// Puts right what a refusal shows to be wrong on this side.
    ///
    /// - Returns: whether the next attempt is made at once, and at no cost.
    mutating func heals(_ refusal: Refusal) async -> Bool

    /// Whether the call may be made again, now that the policy says so; waits are told here.
    mutating func mayGoOn(
        after setback: Setback, waitingSeconds: Double, isLimit: Bool
    ) async -> Bool

    /// The final error, as a person sees it.
    func diagnostic(of end: FinalFailure<Refusal>) -> Diagnostic
}

extension RetriedCall {
    /// Whatever answered may be gone the next time.
    package var garbledSetback: Setback { .foreign }

    /// Nothing is ever wrong on this side.
    package mutating func heals(_ refusal: Refusal) async -> Bool { false }

    /// Nothing but the policy bounds it.
    package mutating func mayGoOn(
        after setback: Setback, waitingSeconds: Double, isLimit: Bool
    ) async -> Bool { true }
}

/// How one attempt ended, where the server answered.
package enum Attempted<Answer: Sendable, Refusal: Sendable>: Sendable {
    case answered(Answer)
    case refused(Refusal)
    /// The status says that it succeeded, and the answer is none to this call: why.
    case garbled(Diagnostic)
}

/// Why a call is not made again.
package struct FinalFailure<Refusal: Sendable>: Sendable {
    /// What ended the last attempt.
    package enum Cause: Sendable {
        case lost(HTTPFailure)
        case refused(Refusal)
        case garbled(Diagnostic)
    }

    /// What ended the last attempt.
    package let cause: Cause
    /// Whether nobody knows if the server did what was asked.
    package let isOutcomeUnknown: Bool
    /// The last attempt, from 1.
    package let attempt: Int
    /// Whether the call itself wanted no further attempt, though the policy allowed one.
    package let isBudgetUsedUp: Bool
}
