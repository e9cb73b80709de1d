import AWS
import Foundation
import Releasing

/// The answers that the tests of the stages need, as AWS writes them.
extension ScriptedAWS.Reply {
    /// One `<item>` of DescribeImages.
    static func image(
        _ id: String, name: String = "sandbox-1.0", state: String = "available",
        created: String = "2026-01-01T00:00:00.000Z", snapshots: [String] = [],
        isEncrypted: Bool = false,
        rootDevice: String? = "/dev/sda1", tags: [String: String] = ["exa_dss_id": "1.0"],
        reason: String? = nil
    ) -> XMLNode {
        var children = [
            XMLNode("imageId", text: id), XMLNode("name", text: name),
            XMLNode("imageState", text: state), XMLNode("creationDate", text: created),
            XMLNode(
                "blockDeviceMapping",
                snapshots.map {
                    XMLNode(
                        "item",
                        [
                            XMLNode(
                                "ebs",
                                [
                                    XMLNode("snapshotId", text: $0),
                                    XMLNode("encrypted", text: String(isEncrypted)),
                                ])
                        ])
                }),
            tagSet(tags),
        ]
        if let rootDevice { children.append(XMLNode("rootDeviceName", text: rootDevice)) }
        if let reason {
            children.append(XMLNode("stateReason", [XMLNode("message", text: reason)]))
        }
        return XMLNode("item", children)
    }

    /// The tags of what a run of asset `1.0` made.
    static func made(by run: String) -> [String: String] {
        [ResourceNames.assetTag: "1.0", ResourceNames.runTag: run]
    }

    static func keyPair(_ name: String, run: String = StageBench.run) -> Self {
        let pair: [XMLNode] = [
            .init("keyPairId", text: "key-1"), .init("keyName", text: name),
            tagSet(made(by: run)),
        ]
        return .xml([XMLNode("keySet", [XMLNode("item", pair)])])
    }

    static var noKeyPair: Self { .xml([XMLNode("keySet", [])]) }

    /// Answers to looks at a snapshot of that id.
    static func snapshot(_ id: String?) -> Self {
        let nodes = id.map {
            [XMLNode("item", [.init("snapshotId", text: $0), .init("status", text: "completed")])]
        }
        return .xml([XMLNode("snapshotSet", nodes ?? [])])
    }

    static func images(_ images: XMLNode...) -> Self { .xml([XMLNode("imagesSet", images)]) }

    static func exportTask(
        _ id: String, _ status: String, message: String? = nil, imageId: String = "ami-1",
        format: String = "VHD", tags: [String: String] = made(by: StageBench.earlierRun)
    ) -> XMLNode {
        var children = [
            XMLNode("exportImageTaskId", text: id), XMLNode("status", text: status),
            XMLNode("imageId", text: imageId),
            XMLNode("description", text: "Data Science Sandbox 1.0, \(format)"),
            tagSet(tags),
        ]
        if let message { children.append(XMLNode("statusMessage", text: message)) }
        return XMLNode("item", children)
    }

    static func exportTasks(_ tasks: XMLNode...) -> Self {
        .xml([XMLNode("exportImageTaskSet", tasks)])
    }

    static func stack(
        _ status: String, id: String = "arn:stack", name: String = "EC2-1",
        outputs: [String: String] = [:], run: String? = StageBench.run
    ) -> Self {
        let tags = run.map(made(by:)) ?? [:]
        let stack = XMLNode(
            "member",
            [
                XMLNode("StackId", text: id), XMLNode("StackName", text: name),
                XMLNode("StackStatus", text: status),
                XMLNode(
                    "Tags",
                    tags.map {
                        XMLNode(
                            "member",
                            [XMLNode("Key", text: $0.key), XMLNode("Value", text: $0.value)])
                    }),
                XMLNode(
                    "Outputs",
                    outputs.sorted { $0.key < $1.key }.map {
                        XMLNode(
                            "member",
                            [
                                XMLNode("OutputKey", text: $0.key),
                                XMLNode("OutputValue", text: $0.value),
                            ])
                    }),
            ])
        return .xml([XMLNode("Stacks", [stack])])
    }

    static var noStack: Self { .error("aws.ValidationError", "Stack with id EC2-1 does not exist") }

    static func changeSet(_ status: String, reason: String? = nil) -> Self {
        var children = [
            XMLNode("ChangeSetId", text: "arn:change-set"), XMLNode("Status", text: status),
        ]
        if let reason { children.append(XMLNode("StatusReason", text: reason)) }
        return .xml(children)
    }

    static var changeSetBegun: Self {
        .xml([XMLNode("Id", text: "arn:change-set"), XMLNode("StackId", text: "arn:stack")])
    }

    /// Events as CloudFormation lists them, the newest first.
    static func events(_ events: (id: String, status: String, reason: String?)...) -> Self {
        .xml([
            XMLNode(
                "StackEvents",
                events.enumerated().map { index, event in
                    var children = [
                        XMLNode("EventId", text: "e\(index)"),
                        XMLNode("LogicalResourceId", text: event.id),
                        XMLNode("ResourceStatus", text: event.status),
                    ]
                    if let reason = event.reason {
                        children.append(XMLNode("ResourceStatusReason", text: reason))
                    }
                    return XMLNode("member", children)
                })
        ])
    }

    /// Default subnets that give out public addresses, one in each zone.
    static func subnets(_ zones: String...) -> Self {
        .xml([
            XMLNode(
                "subnetSet",
                zones.map { zone in
                    XMLNode(
                        "item",
                        [
                            XMLNode("subnetId", text: "subnet-\(zone)"),
                            XMLNode("availabilityZone", text: zone),
                            XMLNode("defaultForAz", text: "true"),
                            XMLNode("mapPublicIpOnLaunch", text: "true"),
                        ])
                })
        ])
    }

    static func offerings(_ offerings: (type: String, zone: String)...) -> Self {
        .xml([
            XMLNode(
                "instanceTypeOfferingSet",
                offerings.map {
                    XMLNode(
                        "item",
                        [
                            XMLNode("instanceType", text: $0.type),
                            XMLNode("location", text: $0.zone),
                        ])
                })
        ])
    }

    static func objects(_ keys: String...) -> Self {
        .xml(
            keys.map {
                XMLNode("Contents", [XMLNode("Key", text: $0), XMLNode("Size", text: "11")])
            })
    }

    static func head(_ sizeBytes: Int64 = 11, etag: String = "\"e\"", crc: String? = nil) -> Self {
        var headers = ["content-length": String(sizeBytes), "etag": etag]
        headers["x-amz-checksum-crc64nvme"] = crc
        return .headers(headers)
    }

    static func tags(_ tags: [String: String]) -> Self {
        .xml([
            XMLNode(
                "TagSet",
                tags.map {
                    XMLNode(
                        "Tag", [XMLNode("Key", text: $0.key), XMLNode("Value", text: $0.value)])
                })
        ])
    }

    static func permission(isPublic: Bool) -> Self {
        let all = XMLNode("item", [XMLNode("group", text: "all")])
        return .xml([XMLNode("launchPermission", isPublic ? [all] : [])])
    }

    static func console(_ text: String) -> Self {
        .text("output", Data(text.utf8).base64EncodedString())
    }

    static func text(_ name: String, _ text: String) -> Self { .xml([XMLNode(name, text: text)]) }

    private static func tagSet(_ tags: [String: String]) -> XMLNode {
        XMLNode(
            "tagSet",
            tags.map {
                XMLNode("item", [XMLNode("key", text: $0.key), XMLNode("value", text: $0.value)])
            })
    }
}
