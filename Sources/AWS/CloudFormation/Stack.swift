package import FoundationEssentials

/// A CloudFormation stack.
package struct Stack: Sendable, Equatable {
    package let id: String
    package let name: String
    /// Such as `CREATE_COMPLETE`.
    package let status: String
    package let statusReason: String?
    package let description: String?
    package let creationTime: Date?
    package let lastUpdatedTime: Date?
    package let deletionTime: Date?
    package let outputs: [String: String]
    package let parameters: [String: String]
    package let tags: [AWSTag]

    init(_ node: XMLNode) throws {
        id = try node.required("StackId")
        name = try node.required("StackName")
        status = try node.required("StackStatus")
        statusReason = node.text("StackStatusReason")
        description = node.text("Description")
        creationTime = try node.date("CreationTime")
        lastUpdatedTime = try node.date("LastUpdatedTime")
        deletionTime = try node.date("DeletionTime")
        outputs = try node.dictionary("Outputs", key: "OutputKey", value: "OutputValue")
        parameters = try node.dictionary(
            "Parameters", key: "ParameterKey", value: "ParameterValue")
        tags = try node.items("Tags").map {
            AWSTag(try $0.required("Key"), try $0.required("Value"))
        }
    }
}

extension XMLNode {
    fileprivate func dictionary(
        _ list: String, key: String, value: String
    ) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for item in items(list) { pairs[try item.required(key)] = item.text(value) ?? "" }
        return pairs
    }
}
