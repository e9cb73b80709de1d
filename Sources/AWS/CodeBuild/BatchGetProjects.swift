import JSON

/// Describes projects; those that do not exist are left out.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html
package struct BatchGetProjects: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "BatchGetProjects", retry: .safe)

    /// What bounds a project's builds, and what they need.
    package struct Project: Sendable, Equatable, Decodable {
        package let name: String
        /// A build that runs longer is stopped.
        package let timeoutInMinutes: Int?
        /// A build that waits longer for its machine fails.
        package let queuedTimeoutInMinutes: Int?
        /// Nil where the project has no batches.
        package let buildBatchConfig: BatchConfiguration?
        /// The most builds of the project at once; nil where only the account bounds them.
        package let concurrentBuildLimit: Int?
        package let environment: Environment?
        package let source: Source?
    }

    /// What a project's builds run in.
    package struct Environment: Sendable, Equatable, Decodable {
        /// Such as `LINUX_CONTAINER`.
        package let type: String?
        /// Such as `BUILD_GENERAL1_LARGE`.
        package let computeType: String?
        package let environmentVariables: [Variable]?
    }

    /// A variable of a project's builds.
    package struct Variable: Sendable, Equatable, Decodable {
        package let name: String
        package let value: String
        /// `PLAINTEXT`, `PARAMETER_STORE` or `SECRETS_MANAGER`; nil for the first.
        package let type: String?

        /// Describes one; see the properties.
        package init(name: String, value: String, type: String?) {
            self.name = name
            self.value = value
            self.type = type
        }
    }

    /// Where a project's builds get what they build.
    package struct Source: Sendable, Equatable, Decodable {
        /// Such as `GITHUB`.
        package let type: String?
        package let auth: Authorization?
    }

    /// How a project's builds get at their source; nil for the region's credential.
    package struct Authorization: Sendable, Equatable, Decodable {
        /// Such as `CODECONNECTIONS`.
        package let type: String?
    }

    /// What bounds a project's batches.
    package struct BatchConfiguration: Sendable, Equatable, Decodable {
        /// A batch that runs longer is stopped.
        package let timeoutInMins: Int?
        package let restrictions: BatchRestrictions?
    }

    /// What a batch may consist of.
    package struct BatchRestrictions: Sendable, Equatable, Decodable {
        package let maximumBuildsAllowed: Int?
    }

    package var names: [String]

    /// Makes the call; see the properties.
    package init(names: [String]) {
        self.names = names
    }

    private struct Answer: Decodable {
        let projects: [Project]?
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> [Project] {
        try response.json(withOneOf: "projects", "projectsNotFound")
            .decoded(as: Answer.self).projects ?? []
    }
}
