import Diagnostics

extension AWSServiceError {
    /// The error as a person sees it.
    ///
    /// - Parameters:
    ///   - action: what was called.
    ///   - attempt: such as `attempt 1 of 3`.
    ///   - origin: where the credentials came from.
    func diagnostic(action: AWSAction, attempt: String, origin: String?) -> Diagnostic {
        let id = requestId.map { "request id \($0), " } ?? ""
        let said = message.isEmpty ? "" : ": \(message)"
        return Diagnostic(
            code: "aws.\(code)", summary: "\(action.qualifiedName) failed with `\(code)`",
            causes: ["AWS \(action.qualifiedName) answered \(code)\(said) (\(id)\(attempt))"],
            hint: hint(action: action, origin: origin ?? "none"),
            isTrouble: isTransient || isThrottling)
    }

    private func hint(action: AWSAction, origin: String) -> String {
        switch code {
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
            "the credentials (\(origin)) have expired: sign in again, then run the command again"
        case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled":
            "allow `\(action.qualifiedName)` to the identity behind the credentials (\(origin)), "
                + "or use another with `--aws-profile`"
        case "AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException",
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException",
            "IncompleteSignature":
            "check the access key (\(origin)) and that the region is enabled for the account"
        case "OptInRequired": "enable the region or service for the account, or name another region"
        case "RequestTimeTooSkewed", "RequestInTheFuture":
            "set this machine's clock, for instance with `timedatectl set-ntp true`"
        case "RequestExpired":
            // EC2 says so of a session that has ended too.
            "sign in again if the credentials (\(origin)) are temporary, else set this machine's "
                + "clock (`timedatectl set-ntp true`); then run the command again"
        case "BadRequest" where action.service == .s3:
            "HEAD names no reason: check the bucket's region, and whether the credentials "
                + "(\(origin)) have expired"
        case "OperationAborted", "Conflict":
            "something else is being done to it: wait a minute, then run the command again"
        case "NoSuchBucket": "check the bucket's name and region, or create it first"
        case "NoSuchKey": "check the key; the object may have been deleted"
        case "NoSuchUpload": "the multipart upload was ended already: run the command again"
        case "PermanentRedirect", "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
            "TemporaryRedirect":
            bucketRegion.map { "the bucket lies in region `\($0)`: use that region" }
                ?? "the bucket lies in another region: use that region"
        case "PreconditionFailed", "ConditionalRequestConflict":
            "somebody else changed the object meanwhile: read it again first"
        case "InvalidAMIName.Duplicate":
            "an AMI of that name exists: adopt it, deregister it, or use another asset id"
        case "InvalidKeyPair.Duplicate": "delete the key pair or use another name"
        case "AlreadyExistsException": "a stack of that name exists: delete it or use another name"
        case "SnapshotLimitExceeded":
            "delete snapshots that nobody needs, or have the region's quota of EBS snapshots "
                + "raised in the Service Quotas console"
        case "ConcurrentSnapshotLimitExceeded", "PendingSnapshotLimitExceeded",
            "SnapshotCreationPerVolumeRateExceeded":
            "wait until the snapshots in the making are done, then run the command again"
        case "ResourceLimitExceeded" where action.name == "ModifyImageAttribute":
            "deregister public images that nobody needs or make them private, or have the region's "
                + "quota of public AMIs (`L-0E3CBAB9`) raised in the Service Quotas console"
        case "InstanceLimitExceeded", "VcpuLimitExceeded", "VolumeLimitExceeded",
            "ResourceCountLimitExceeded", "ResourceLimitExceeded", "AccountLimitExceededException":
            "raise the quota in the Service Quotas console or remove what is no longer needed"
        default:
            isThrottling
                ? "too many requests at once: wait a minute, then run the command again"
                : status >= 500
                    ? "the service has trouble: run the command again later"
                    : "correct what the answer names, then run the command again"
        }
    }
}
