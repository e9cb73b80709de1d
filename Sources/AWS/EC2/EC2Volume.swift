package import FoundationEssentials

/// A volume.
package struct EC2Volume: Sendable, Equatable {
    package let id: String
    /// `creating`, `available`, `in-use`, `deleting`, `deleted`, `error`.
    package let state: String
    package let sizeGiB: Int64?
    package let kind: String?
    package let isEncrypted: Bool
    package let snapshotId: String?
    package let createTime: Date?
    package let instanceIds: [String]
    package let tags: [AWSTag]

    init(_ node: XMLNode) throws {
        id = try node.required("volumeId")
        state = try node.required("status")
        sizeGiB = try node.integer("size")
        kind = node.text("volumeType")
        isEncrypted = node.boolean("encrypted") ?? false
        snapshotId = node.text("snapshotId")
        createTime = try node.date("createTime")
        instanceIds = node.items("attachmentSet").compactMap { $0.text("instanceId") }
        tags = try node.tags()
    }
}
