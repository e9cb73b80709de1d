import AWS
import Foundation
import JSON

extension OperationSample {
    static func ec2Reading(_ random: inout SampleFields) -> [OperationSample] {
        let (ids, filters, token) = (random.texts(), random.filters(), random.text())
        let flag = random.flag()
        return [
            OperationSample(
                DescribeImages(
                    owners: ids, imageIds: ids, filters: filters, includesDisabled: flag,
                    pageToken: token),
                [
                    "Owners": ids.json, "ImageIds": ids.json, "Filters": filters.json,
                    "IncludeDisabled": flag.json, "NextToken": token.json,
                ]),
            OperationSample(
                DescribeKeyPairs(keyNames: ids, filters: filters, includesPublicKey: true),
                ["KeyNames": ids.json, "Filters": filters.json, "IncludePublicKey": true]),
            OperationSample(
                DescribeInstances(instanceIds: ids, filters: filters, pageToken: token),
                ["InstanceIds": ids.json, "Filters": filters.json, "NextToken": token.json]),
            OperationSample(
                DescribeSnapshots(
                    owners: ids, snapshotIds: ids, filters: filters, pageToken: token),
                [
                    "OwnerIds": ids.json, "SnapshotIds": ids.json, "Filters": filters.json,
                    "NextToken": token.json,
                ]),
            OperationSample(
                DescribeSecurityGroups(groupIds: ids, filters: filters, pageToken: token),
                ["GroupIds": ids.json, "Filters": filters.json, "NextToken": token.json]),
            OperationSample(
                DescribeVolumes(volumeIds: ids, filters: filters, pageToken: token),
                ["VolumeIds": ids.json, "Filters": filters.json, "NextToken": token.json]),
            OperationSample(
                DescribeExportImageTasks(taskIds: ids, filters: filters, pageToken: token),
                ["ExportImageTaskIds": ids.json, "Filters": filters.json, "NextToken": token.json]),
            OperationSample(
                DescribeRegions(regionNames: ids, isAll: flag),
                ["RegionNames": ids.json, "AllRegions": flag.json]),
            OperationSample(
                DescribeInstanceTypeOfferings(filters: filters, pageToken: token),
                [
                    "LocationType": "availability-zone", "Filters": filters.json,
                    "NextToken": token.json,
                ]),
            OperationSample(GetEbsEncryptionByDefault(), [:]),
            OperationSample(GetImageBlockPublicAccessState(), [:]),
        ]
    }

    static func ec2Changing(_ random: inout SampleFields) -> [OperationSample] {
        let (id, name, flag) = (random.text(), random.text(), random.flag())
        let (ids, tags) = (random.someTexts(), random.tags())
        return [
            OperationSample(
                ImportKeyPair(keyName: name, publicKey: id, tags: tags),
                [
                    "KeyName": name.json, "PublicKeyMaterial": id.json,
                    "TagSpecifications": tags.specifications("key-pair"),
                ]),
            OperationSample(DeleteKeyPair(keyName: name), ["KeyName": name.json]),
            OperationSample(TerminateInstances(instanceIds: ids), ["InstanceIds": ids.json]),
            OperationSample(
                GetConsoleOutput(instanceId: id, isLatest: flag),
                ["InstanceId": id.json, "Latest": flag.json]),
            OperationSample(DeleteSnapshot(snapshotId: id), ["SnapshotId": id.json]),
            OperationSample(DeleteVolume(volumeId: id), ["VolumeId": id.json]),
            OperationSample(DeleteSecurityGroup(groupId: id), ["GroupId": id.json]),
            OperationSample(
                CreateTags(resourceIds: ids, tags: tags),
                ["Resources": ids.json, "Tags": tags.json]),
            OperationSample(CancelExportTask(taskId: id), ["ExportTaskId": id.json]),
        ]
    }

    static func ec2Registering(_ random: inout SampleFields) -> [OperationSample] {
        let (id, name, token) = (random.text(), random.text(), random.text())
        let tags = random.tags()
        return [
            OperationSample(
                RegisterImage(
                    name: name, description: token, architecture: id, rootDeviceName: name,
                    volumes: [.init(deviceName: name, snapshotId: id)], bootMode: token,
                    tags: tags),
                [
                    "Name": name.json, "Description": token.json, "Architecture": id.json,
                    "RootDeviceName": name.json,
                    "BlockDeviceMappings": [
                        ["DeviceName": name.json, "Ebs": ["SnapshotId": id.json]]
                    ],
                    "BootMode": token.json, "VirtualizationType": "hvm",
                    "TagSpecifications": tags.specifications("image"),
                ])
        ]
    }

    static func ec2Images(_ random: inout SampleFields) -> [OperationSample] {
        let (id, name, token) = (random.text(), random.text(), random.text())
        let (flag, ids, tags) = (random.flag(), random.someTexts(), random.tags())
        let group: JSONValue = [["Group": "all"]]
        let users = JSONValue.array(ids.map { ["UserId": $0.json] })
        let permissions: [(ModifyImageAttribute.LaunchPermissionChange, JSONValue)] = [
            (.makePublic, ["Add": group]), (.makePrivate, ["Remove": group]),
            (.share(accountIds: ids), ["Add": users]),
            (.unshare(accountIds: ids), ["Remove": users]),
        ]
        let moment = Date(timeIntervalSince1970: Double(random.number(0...2_000_000_000)))
        return [
            OperationSample(
                CreateImage(
                    instanceId: id, name: name, description: token, noReboot: flag, tags: tags),
                [
                    "InstanceId": id.json, "Name": name.json, "Description": token.json,
                    "NoReboot": flag.json,
                    "TagSpecifications": tags.specifications("image", "snapshot"),
                ]),
            OperationSample(DeregisterImage(imageId: id), ["ImageId": id.json]),
            OperationSample(
                DescribeImageAttribute(imageId: id),
                ["ImageId": id.json, "Attribute": "launchPermission"]),
            OperationSample(
                CopyImage(
                    sourceImageId: id, sourceRegion: name, name: name, clientToken: token,
                    description: id, copiesImageTags: flag, tags: tags),
                [
                    "SourceImageId": id.json, "SourceRegion": name.json, "Name": name.json,
                    "ClientToken": token.json, "Description": id.json,
                    "CopyImageTags": flag.json,
                    "TagSpecifications": tags.specifications("image", "snapshot"),
                ]),
            OperationSample(
                EnableImageDeprecation(imageId: id, deprecateAt: moment),
                [
                    "ImageId": id.json,
                    "DeprecateAt": .integer(Int64(moment.timeIntervalSince1970)),
                ]),
            OperationSample(
                ExportImage(
                    imageId: id, diskImageFormat: "VMDK", bucket: name, prefix: token,
                    clientToken: token, roleName: name, description: id, tags: tags),
                [
                    "ImageId": id.json, "DiskImageFormat": "VMDK",
                    "S3ExportLocation": ["S3Bucket": name.json, "S3Prefix": token.json],
                    "ClientToken": token.json, "RoleName": name.json, "Description": id.json,
                    "TagSpecifications": tags.specifications("export-image-task"),
                ]),
        ]
            + permissions.map { change, parameter in
                OperationSample(
                    ModifyImageAttribute(imageId: id, change: change),
                    ["ImageId": id.json, "LaunchPermission": parameter])
            }
    }
}
