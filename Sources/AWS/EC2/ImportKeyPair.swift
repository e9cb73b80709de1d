import FoundationEssentials

/// Registers the public half of a key pair made elsewhere.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html
package struct ImportKeyPair: AWSOperation {
    package static let action = AWSAction(.ec2, "ImportKeyPair", retry: .onlyIfUnsent)

    package var keyName: String
    /// In OpenSSH form: `ssh-ed25519 AAAA…`.
    package var publicKey: String
    package var tags: [AWSTag]

    /// Makes the call; see the properties.
    package init(keyName: String, publicKey: String, tags: [AWSTag] = []) {
        self.keyName = keyName
        self.publicKey = publicKey
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("KeyName", keyName)
        request.form.field("PublicKeyMaterial", Data(publicKey.utf8).base64EncodedString())
        request.form.tags(tags, of: "key-pair")
    }

    package func decode(_ response: WireResponse) throws -> EC2KeyPair {
        return try EC2KeyPair(response.xml())
    }
}
