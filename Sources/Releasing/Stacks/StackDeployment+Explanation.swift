import AWS
import Diagnostics

extension StackDeployment {
    /// Why a stack cannot be worked on, and what gets it out of there.
    func explanation(of stack: Stack) async throws -> Diagnostic {
        Self.explanation(
            of: stack, region: region, operation: try await operation(of: stack, token: nil))
    }

    /// The same as a function of what is known.
    static func explanation(
        of stack: Stack, region: String, operation: StackOperation
    ) -> Diagnostic {
        let stuck = operation.stuck
        let cause = operation.firstCause ?? stack.statusReason ?? "its events name no cause"
        let causes =
            [cause]
            + (stuck.isEmpty ? [] : ["stuck: " + stuck.joined(separator: ", ")])
        func command(_ verb: String, _ option: String = "") -> String {
            "`aws cloudformation \(verb) --region \(region) --stack-name \(stack.name)\(option)`"
        }
        let names = stuck.joined(separator: " ")
        let (code, what, hint): (String, String, String)
        switch stack.status {
        case "UPDATE_ROLLBACK_FAILED":
            code = "stack.update-rollback-failed"
            what = "an update failed, and so did its rollback"
            hint =
                "make right what the rollback failed of, then "
                + command("continue-update-rollback")
                + (stuck.isEmpty
                    ? ""
                    : "; to leave that as it is, "
                        + command("continue-update-rollback", " --resources-to-skip \(names)"))
                + "; then run the same command again"
        case "ROLLBACK_FAILED":
            code = "stack.rollback-failed"
            what = "its creation failed, and what it had made could not be removed"
            hint =
                "remove what holds it, then \(command("delete-stack")), then run the same command "
                + "again"
        case "DELETE_FAILED":
            code = "stack.delete-failed"
            what = "somebody's attempt to delete it failed"
            hint =
                "remove what holds it, then \(command("delete-stack"))"
                + (stuck.isEmpty
                    ? ""
                    : ", or keep that: \(command("delete-stack", " --retain-resources \(names)"))")
                + "; then run the same command again"
        default:
            code = "stack.unusable"
            what = "nothing can be done to it in that state"
            hint = "look at it with \(command("describe-stack-events")), then run again"
        }
        return Diagnostic(
            code: code, summary: "stack `\(stack.name)` is in `\(stack.status)`: \(what)",
            causes: causes, hint: hint)
    }
}
