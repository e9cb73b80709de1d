/// Adds or overwrites tags.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
package struct CreateTags: AWSOperation {
    package static let action = AWSAction(.ec2, "CreateTags", retry: .safe)

    package var resourceIds: [String]
    package var tags: [AWSTag]

    /// Makes the call; see the properties.
    package init(resourceIds: [String], tags: [AWSTag]) {
        self.resourceIds = resourceIds
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("ResourceId", resourceIds)
        request.form.list("Tag", tags) { $0.tag($1) }
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
