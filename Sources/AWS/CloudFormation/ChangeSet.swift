/// A planned change.
package struct ChangeSet: Sendable, Equatable {
    package let id: String
    package let stackId: String?
    /// Such as `CREATE_PENDING`, `CREATE_COMPLETE` or `FAILED`.
    package let status: String
    package let statusReason: String?
    /// `AVAILABLE` once it can be carried out.
    package let executionStatus: String?
    /// Of this page.
    package let changes: [Change]
    package let nextToken: String?

    /// What would happen to one resource.
    package struct Change: Sendable, Equatable {
        /// `Add`, `Modify`, `Remove`, `Import` or `Dynamic`.
        package let action: String?
        package let logicalResourceId: String?
        package let resourceType: String?
        /// `True`, `False` or `Conditional`.
        package let replacement: String?
        /// What of it changes; one place may be named several times, once a cause.
        package let details: [Detail]
    }

    /// One place of a resource that changes.
    package struct Detail: Sendable, Equatable {
        /// `Properties`, `Tags`, `Metadata`, `DeletionPolicy` and the like.
        package let attribute: String?
        /// The property's name, where the attribute is `Properties`.
        package let name: String?
        /// Where in the resource, such as `/Properties/BucketName`; only with property values.
        package let path: String?
        /// `Never`, `Conditionally` or `Always`.
        package let requiresRecreation: String?
        package let before: String?
        package let after: String?
    }

    /// Whether it failed only because there is nothing to change.
    package var isEmpty: Bool {
        guard status == "FAILED", let statusReason else { return false }
        return statusReason.contains("didn't contain changes")
            || statusReason.contains("No updates are to be performed")
    }

    init(_ node: XMLNode) throws {
        id = try node.required("ChangeSetId")
        stackId = node.text("StackId")
        status = try node.required("Status")
        statusReason = node.text("StatusReason")
        executionStatus = node.text("ExecutionStatus")
        changes = node.items("Changes").map { item in
            let change = item["ResourceChange"]
            return Change(
                action: change?.text("Action"),
                logicalResourceId: change?.text("LogicalResourceId"),
                resourceType: change?.text("ResourceType"),
                replacement: change?.text("Replacement"),
                details: change?.items("Details").map(Detail.init) ?? [])
        }
        nextToken = node.text("NextToken").flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension ChangeSet.Detail {
    init(_ node: XMLNode) {
        let target = node["Target"]
        self.init(
            attribute: target?.text("Attribute"), name: target?.text("Name"),
            path: target?.text("Path"), requiresRecreation: target?.text("RequiresRecreation"),
            before: target?.text("BeforeValue"), after: target?.text("AfterValue"))
    }
}
