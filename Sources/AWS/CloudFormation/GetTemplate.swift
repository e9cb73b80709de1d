/// Reads the template that a stack was made from.
///
/// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
package struct GetTemplate: AWSOperation {
    package static let action = AWSAction(.cloudFormation, "GetTemplate", retry: .safe)

    package var stackName: String

    /// Makes the call; see the properties.
    package init(stackName: String) {
        self.stackName = stackName
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("StackName", stackName)
        request.form.field("TemplateStage", "Original")
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml().required("TemplateBody")
    }
}
