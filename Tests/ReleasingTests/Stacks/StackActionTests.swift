import Testing

@testable import Releasing

@Suite struct StackActionTests {
    /// Every state that CloudFormation documents.
    private static let expected: [(String?, StackAction)] = [
        (nil, .create), ("DELETE_COMPLETE", .create),
        ("CREATE_COMPLETE", .update), ("UPDATE_COMPLETE", .update), ("UPDATE_FAILED", .update),
        ("UPDATE_ROLLBACK_COMPLETE", .update), ("IMPORT_COMPLETE", .update),
        ("IMPORT_ROLLBACK_COMPLETE", .update),
        ("CREATE_FAILED", .replace), ("ROLLBACK_COMPLETE", .replace),
        ("REVIEW_IN_PROGRESS", .replace),
        ("CREATE_IN_PROGRESS", .wait), ("ROLLBACK_IN_PROGRESS", .wait),
        ("DELETE_IN_PROGRESS", .wait), ("UPDATE_IN_PROGRESS", .wait),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", .wait), ("UPDATE_ROLLBACK_IN_PROGRESS", .wait),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", .wait), ("IMPORT_IN_PROGRESS", .wait),
        ("IMPORT_ROLLBACK_IN_PROGRESS", .wait),
        ("ROLLBACK_FAILED", .explain), ("UPDATE_ROLLBACK_FAILED", .explain),
        ("DELETE_FAILED", .explain), ("IMPORT_ROLLBACK_FAILED", .explain),
        ("A_STATE_OF_TOMORROW", .explain),
    ]

    @Test func `each state asks for one thing`() {
        for (status, action) in Self.expected {
            #expect(StackAction(status: status) == action, "\(status ?? "no stack")")
        }
    }

    @Test func `nothing that was ever complete is replaced`() {
        let replaced = Self.expected.filter { $0.1 == .replace }.compactMap(\.0)
        #expect(Set(replaced) == ["CREATE_FAILED", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
    }

    @Test func `a failed update works no better than none`() {
        #expect(StackAction.isGood("UPDATE_ROLLBACK_COMPLETE"))
        #expect(!StackAction.isGood("UPDATE_FAILED"))
        #expect(!StackAction.isGood("UPDATE_ROLLBACK_FAILED"))
    }
}
