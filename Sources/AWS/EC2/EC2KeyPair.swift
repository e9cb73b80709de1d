package import FoundationEssentials

/// The public half of a key pair as EC2 knows it.
package struct EC2KeyPair: Sendable, Equatable {
    package let id: String?
    package let name: String
    package let fingerprint: String?
    package let createTime: Date?
    /// A line of `authorized_keys`; nil where it was not asked for.
    package let publicKey: String?
    package let tags: [AWSTag]

    init(_ node: XMLNode) throws {
        id = node.text("keyPairId")
        name = try node.required("keyName")
        fingerprint = node.text("keyFingerprint")
        publicKey = node.text("publicKey")
        createTime = try node.date("createTime")
        tags = try node.tags()
    }
}
