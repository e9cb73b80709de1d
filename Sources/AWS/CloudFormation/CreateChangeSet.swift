/// Plans a new stack or a change to one; nothing is built yet.
///
/// Source:
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
package struct CreateChangeSet: AWSOperation {
    package static let action = AWSAction(
        .cloudFormation, "CreateChangeSet", retry: .withClientToken)

    package var stackName: String
    package var changeSetName: String
    package var kind: Kind
    package var templateBody: String
    package var clientToken: String
    package var parameters: [StackParameter]
    /// Such as `CAPABILITY_NAMED_IAM`.
    package var capabilities: [String]
    package var tags: [AWSTag]
    package var description: String?

    /// Makes the call; see the properties.
    package init(
        stackName: String, changeSetName: String, kind: Kind, templateBody: String,
        clientToken: String, parameters: [StackParameter] = [], capabilities: [String] = [],
        tags: [AWSTag] = [], description: String? = nil
    ) {
        self.stackName = stackName
        self.changeSetName = changeSetName
        self.kind = kind
        self.templateBody = templateBody
        self.clientToken = clientToken
        self.parameters = parameters
        self.capabilities = capabilities
        self.tags = tags
        self.description = description
    }

    /// Whether the stack is there already.
    package enum Kind: String, Sendable {
        case create = "CREATE"
        case update = "UPDATE"
    }

    /// What came to be.
    package struct Created: Sendable, Equatable {
        package let changeSetId: String
        package let stackId: String
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("StackName", stackName)
        request.form.field("ChangeSetName", changeSetName)
        request.form.field("ChangeSetType", kind.rawValue)
        request.form.field("TemplateBody", templateBody)
        request.form.field("ClientToken", clientToken)
        request.form.list("Parameters", parameters) { $0.parameter($1) }
        request.form.list("Capabilities", capabilities)
        request.form.list("Tags", tags) { $0.tag($1) }
        request.form.field("Description", description)
    }

    package func decode(_ response: WireResponse) throws -> Created {
        let result = try response.xml()
        return Created(
            changeSetId: try result.required("Id"), stackId: try result.required("StackId"))
    }
}
