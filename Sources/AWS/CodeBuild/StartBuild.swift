import JSON

/// Starts a build of a project.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
package struct StartBuild: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "StartBuild", retry: .withClientToken)

    /// An environment variable of the build.
    package struct Variable: Sendable, Equatable, Encodable {
        package var name: String
        package var value: String
        /// `PLAINTEXT`: what is secret belongs to the project, by reference.
        private let type = "PLAINTEXT"

        /// Makes a variable with a plain value.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var projectName: String
    /// A branch, tag or commit; nil for the project's own.
    package var sourceVersion: String?
    /// In place of the project's variables of the same names.
    package var environmentVariablesOverride: [Variable]
    /// CodeBuild knows a repetition by it for five minutes.
    package var idempotencyToken: String

    /// Makes the call; see the properties.
    package init(
        projectName: String, sourceVersion: String? = nil,
        environmentVariablesOverride: [Variable] = [], idempotencyToken: String
    ) {
        self.projectName = projectName
        self.sourceVersion = sourceVersion
        self.environmentVariablesOverride = environmentVariablesOverride
        self.idempotencyToken = idempotencyToken
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> CodeBuildBuild {
        try response.json(withOneOf: "build").decoded(as: OneBuildAnswer.self).build
    }
}
