/// Deletes a snapshot.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshot.html
package struct DeleteSnapshot: AWSOperation {
    package static let action = AWSAction(.ec2, "DeleteSnapshot", retry: .safe)

    package var snapshotId: String

    /// Makes the call; see the properties.
    package init(snapshotId: String) {
        self.snapshotId = snapshotId
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("SnapshotId", snapshotId)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
