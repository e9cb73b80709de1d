import JSON

/// Stops a batch and its builds.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuildBatch.html
package struct StopBuildBatch: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "StopBuildBatch", retry: .safe)

    package var id: String

    /// Makes the call; see the properties.
    package init(id: String) {
        self.id = id
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> CodeBuildBatch {
        try response.json(withOneOf: "buildBatch").decoded(as: OneBatchAnswer.self).buildBatch
    }
}
