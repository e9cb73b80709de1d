package import Foundation

/// A stack as the list of stacks names it.
package struct StackSummary: Sendable, Equatable {
    package let id: String?
    package let name: String
    package let status: String
    package let statusReason: String?
    package let creationTime: Date?
    package let deletionTime: Date?

    init(_ node: XMLNode) throws {
        id = node.text("StackId")
        name = try node.required("StackName")
        status = try node.required("StackStatus")
        statusReason = node.text("StackStatusReason")
        creationTime = try node.date("CreationTime")
        deletionTime = try node.date("DeletionTime")
    }
}
