/// Forgets a key pair; one that is not there is no error.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
package struct DeleteKeyPair: AWSOperation {
    package static let action = AWSAction(.ec2, "DeleteKeyPair", retry: .safe)

    package var keyName: String

    /// Makes the call; see the properties.
    package init(keyName: String) {
        self.keyName = keyName
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("KeyName", keyName)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
