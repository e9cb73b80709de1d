/// Says whether EBS encrypts every new volume and every copied snapshot in the region.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html
package struct GetEbsEncryptionByDefault: AWSOperation {
    package static let action = AWSAction(.ec2, "GetEbsEncryptionByDefault", retry: .safe)

    /// Makes the call; it has no fields.
    package init() {}

    package func encode(into request: inout WireRequest) {}

    package func decode(_ response: WireResponse) throws -> Bool {
        try response.xml().boolean("ebsEncryptionByDefault") ?? false
    }
}
