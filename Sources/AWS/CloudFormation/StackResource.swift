/// One resource of a stack.
package struct StackResource: Sendable, Equatable {
    package let logicalId: String
    package let physicalId: String?
    package let type: String
    package let status: String
    package let statusReason: String?

    init(_ node: XMLNode) throws {
        logicalId = try node.required("LogicalResourceId")
        physicalId = node.text("PhysicalResourceId")
        type = try node.required("ResourceType")
        status = try node.required("ResourceStatus")
        statusReason = node.text("ResourceStatusReason")
    }
}
