package import FoundationEssentials

/// Something that happened to a stack or one of its resources.
package struct StackEvent: Sendable, Equatable {
    package let id: String
    package let stackName: String?
    package let logicalResourceId: String?
    package let physicalResourceId: String?
    package let resourceType: String?
    /// Such as `CREATE_FAILED`.
    package let resourceStatus: String?
    package let resourceStatusReason: String?
    package let timestamp: Date?
    /// Of the call that began the operation which the event belongs to.
    package let clientToken: String?

    init(_ node: XMLNode) throws {
        id = try node.required("EventId")
        stackName = node.text("StackName")
        logicalResourceId = node.text("LogicalResourceId")
        physicalResourceId = node.text("PhysicalResourceId")
        resourceType = node.text("ResourceType")
        resourceStatus = node.text("ResourceStatus")
        resourceStatusReason = node.text("ResourceStatusReason")
        timestamp = try node.date("Timestamp")
        clientToken = node.text("ClientRequestToken")
    }
}
