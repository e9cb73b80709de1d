package import FoundationEssentials

/// A snapshot of a volume.
package struct EC2Snapshot: Sendable, Equatable {
    package let id: String
    /// Such as `pending`, `completed` or `error`.
    package let state: String
    package let stateMessage: String?
    /// Such as `42%`.
    package let progress: String?
    package let volumeId: String?
    package let sizeGiB: Int64?
    package let startTime: Date?
    package let description: String?
    package let ownerId: String?
    package let tags: [AWSTag]

    init(_ node: XMLNode) throws {
        id = try node.required("snapshotId")
        state = try node.required("status")
        stateMessage = node.text("statusMessage")
        progress = node.text("progress")
        volumeId = node.text("volumeId")
        sizeGiB = try node.integer("volumeSize")
        startTime = try node.date("startTime")
        description = node.text("description")
        ownerId = node.text("ownerId")
        tags = try node.tags()
    }
}
