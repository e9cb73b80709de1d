/// What a stack's state asks for before it is as declared: a pure function of the state.
enum StackAction: String, Equatable {
    /// There is none.
    case create
    /// It works; a change set tells whether anything differs.
    case update
    /// Its creation never completed, so that nothing can depend on it: it is deleted first.
    case replace
    /// Something is under way.
    case wait
    /// Only a person can say what becomes of it.
    case explain

    /// What to do about a stack.
    ///
    /// - Parameter status: as CloudFormation names it; nil where there is no such stack.
    /// Source:
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
    init(status: String?) {
        switch status {
        case nil, "DELETE_COMPLETE": self = .create
        case "REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE": self = .replace
        case "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE",
            "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE":
            self = .update
        case let status? where status.hasSuffix("_IN_PROGRESS"): self = .wait
        default: self = .explain
        }
    }

    /// Whether a stack in that state does what it is there for.
    static func isGood(_ status: String) -> Bool {
        StackAction(status: status) == .update && status != "UPDATE_FAILED"
    }
}
