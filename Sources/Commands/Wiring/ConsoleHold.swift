import FoundationEssentials
import JSON
import Releasing
import Synchronization

/// Hands a machine over on the terminal, and takes it back at Ctrl-C.
final class ConsoleHold: MachineHold {
    private enum State {
        case notYet
        case holding(CheckedContinuation<Void, Never>)
        case released
    }

    private let output: EventOutput
    private let isJSON: Bool
    /// Whether nobody is waited for, because the machine stays.
    private let endsAtOnce: Bool
    private let state = Mutex(State.notYet)

    /// - Parameter endsAtOnce: nobody is waited for, because the machine stays.
    init(output: EventOutput, isJSON: Bool, endsAtOnce: Bool) {
        self.output = output
        self.isJSON = isJSON
        self.endsAtOnce = endsAtOnce
    }

    func ready(_ machine: ReadyMachine) async {
        output.printLine(
            isJSON ? machine.json(at: Date()).compactText : machine.sshCommand)
        output.say(
            "stack \(machine.stackName), instance \(machine.instanceId); the machine ends itself "
                + "\(machine.lifeMinutes / 60) hours after its start")
        output.say(
            endsAtOnce
                ? "it stays until then; `dssbatch clean` removes it before"
                : "press Ctrl-C when you are done: machine, stack and key pair are then removed")
    }

    func untilReleased() async {
        guard !endsAtOnce else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .released = state { return true }
                    state = .holding(continuation)
                    return false
                }
                if isOver {
                    continuation.resume()
                } else if Task.isCancelled {
                    finish()
                }
            }
        } onCancel: {
            finish()
        }
    }

    /// Ends the waiting.
    ///
    /// - Returns: whether somebody waited.
    @discardableResult
    func finish() -> Bool {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .released }
            if case .holding(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume()
        return continuation != nil
    }
}
