package import FoundationEssentials

/// A virtual machine.
package struct EC2Instance: Sendable, Equatable {
    package let id: String
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`.
    package let state: String
    /// Why it is in that state, such as `Server.InsufficientInstanceCapacity: …`.
    package let stateReason: String?
    package let imageId: String?
    package let instanceType: String?
    /// `spot`, `scheduled`, or nil for one on demand.
    package let lifecycle: String?
    package let keyName: String?
    package let publicDnsName: String?
    package let publicIp: String?
    package let privateIp: String?
    package let launchTime: Date?
    package let volumeIds: [String]
    package let tags: [AWSTag]

    init(_ node: XMLNode) throws {
        id = try node.required("instanceId")
        state = try node.child("instanceState").required("name")
        stateReason = node["stateReason"]?.text("message")
        imageId = node.text("imageId")
        instanceType = node.text("instanceType")
        lifecycle = node.text("instanceLifecycle")
        keyName = node.text("keyName")
        // EC2 writes an empty element for a machine without a public name.
        publicDnsName = node.text("dnsName").flatMap { $0.isEmpty ? nil : $0 }
        publicIp = node.text("ipAddress").flatMap { $0.isEmpty ? nil : $0 }
        privateIp = node.text("privateIpAddress")
        launchTime = try node.date("launchTime")
        volumeIds = node.items("blockDeviceMapping").compactMap { $0["ebs"]?.text("volumeId") }
        tags = try node.tags()
    }
}

/// What a machine's state was and is.
package struct EC2StateChange: Sendable, Equatable {
    package let instanceId: String
    package let previousState: String?
    package let currentState: String

    init(_ node: XMLNode) throws {
        instanceId = try node.required("instanceId")
        previousState = node["previousState"]?.text("name")
        currentState = try node.child("currentState").required("name")
    }
}
