/// Lists machine images.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
package struct DescribeImages: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeImages", retry: .safe)

    package var owners: [String]
    package var imageIds: [String]
    package var filters: [EC2Filter]
    /// Whether disabled ones are among them, which nobody can launch.
    package var includesDisabled: Bool?
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(
        owners: [String] = [], imageIds: [String] = [], filters: [EC2Filter] = [],
        includesDisabled: Bool? = nil, pageToken: String? = nil
    ) {
        self.owners = owners
        self.imageIds = imageIds
        self.filters = filters
        self.includesDisabled = includesDisabled
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("Owner", owners)
        request.form.list("ImageId", imageIds)
        request.form.filters(filters)
        request.form.field("IncludeDisabled", includesDisabled)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<EC2Image> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("imagesSet").map(EC2Image.init), nextToken: body.text("nextToken")
        )
    }
}
