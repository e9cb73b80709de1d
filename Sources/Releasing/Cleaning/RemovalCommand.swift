/// The shell command that removes a thing by hand.
package enum RemovalCommand {
    /// The command with its region, quoted for a POSIX shell; nil where there is nothing to do.
    package static func text(for asset: Asset) -> String? {
        asset.role == .ended ? nil : words(for: asset)?.map(ShellWord.quoted).joined(separator: " ")
    }

    private static func words(for asset: Asset) -> [String]? {
        let region = ["--region", asset.region]
        func ec2(_ command: String, _ option: String, _ value: String) -> [String] {
            ["aws", "ec2", command] + region + [option, value]
        }
        func s3(_ command: String, _ more: String...) -> [String] {
            ["aws", "s3api", command] + region
                + ["--bucket", asset.bucket ?? "", "--key", asset.key ?? ""] + more
        }
        switch asset.kind {
        case .stack:
            return ["aws", "cloudformation", "delete-stack"] + region
                + ["--stack-name", asset.name ?? asset.id]
        case .instance: return ec2("terminate-instances", "--instance-ids", asset.id)
        case .keyPair: return ec2("delete-key-pair", "--key-name", asset.name ?? asset.id)
        case .exportTask: return ec2("cancel-export-task", "--export-task-id", asset.id)
        case .ami: return ec2("deregister-image", "--image-id", asset.id)
        case .snapshot: return ec2("delete-snapshot", "--snapshot-id", asset.id)
        case .volume: return ec2("delete-volume", "--volume-id", asset.id)
        case .securityGroup: return ec2("delete-security-group", "--group-id", asset.id)
        case .upload: return s3("abort-multipart-upload", "--upload-id", asset.id)
        case .object: return s3("delete-object")
        case .container: return ["docker", "rm", "--force", asset.name ?? asset.id]
        case .dockerImage: return ["docker", "image", "rm", asset.name ?? asset.id]
        case .folder: return ["rm", "-r", asset.id]
        case .unknown: return nil
        }
    }
}
