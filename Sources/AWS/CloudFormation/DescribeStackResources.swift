/// Lists what a stack holds (the first 100 resources).
///
/// Source:
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
package struct DescribeStackResources: AWSOperation {
    package static let action = AWSAction(.cloudFormation, "DescribeStackResources", retry: .safe)

    /// Its name, or its ARN where it is deleted.
    package var stackName: String

    /// Makes the call; see the properties.
    package init(stackName: String) {
        self.stackName = stackName
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("StackName", stackName)
    }

    package func decode(_ response: WireResponse) throws -> [StackResource] {
        return try response.xml().items("StackResources").map(StackResource.init)
    }
}
