import JSON

/// Stops a build.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuild.html
package struct StopBuild: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "StopBuild", retry: .safe)

    package var id: String

    /// Makes the call; see the properties.
    package init(id: String) {
        self.id = id
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> CodeBuildBuild {
        try response.json(withOneOf: "build").decoded(as: OneBuildAnswer.self).build
    }
}
