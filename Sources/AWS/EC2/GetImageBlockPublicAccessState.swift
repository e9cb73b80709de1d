/// Says whether the account forbids public images in the region.
///
/// Source:
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetImageBlockPublicAccessState.html
package struct GetImageBlockPublicAccessState: AWSOperation {
    package static let action = AWSAction(.ec2, "GetImageBlockPublicAccessState", retry: .safe)

    /// Makes the call; it has no fields.
    package init() {}

    package func encode(into request: inout WireRequest) {}

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml().required("imageBlockPublicAccessState")
    }
}
