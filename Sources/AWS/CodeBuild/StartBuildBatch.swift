import JSON

/// Starts a batch of builds of a project.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuildBatch.html
package struct StartBuildBatch: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "StartBuildBatch", retry: .withClientToken)

    package var projectName: String
    /// A branch, tag or commit; nil for the project's own.
    package var sourceVersion: String?
    /// The text of the buildspec, whose `batch` says which builds there are.
    package var buildspecOverride: String
    /// What stops a build of the batch, 5 to 2160; nil for the project's own.
    package var buildTimeoutInMinutesOverride: Int?
    /// CodeBuild knows a repetition by it for five minutes.
    package var idempotencyToken: String

    /// Makes the call; see the properties.
    package init(
        projectName: String, sourceVersion: String? = nil, buildspecOverride: String,
        buildTimeoutInMinutesOverride: Int? = nil, idempotencyToken: String
    ) {
        self.projectName = projectName
        self.sourceVersion = sourceVersion
        self.buildspecOverride = buildspecOverride
        self.buildTimeoutInMinutesOverride = buildTimeoutInMinutesOverride
        self.idempotencyToken = idempotencyToken
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> CodeBuildBatch {
        try response.json(withOneOf: "buildBatch").decoded(as: OneBatchAnswer.self).buildBatch
    }
}
