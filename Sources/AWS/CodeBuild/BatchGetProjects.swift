import JSON

/// Describes projects; those that do not exist are left out.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html
package struct BatchGetProjects: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "BatchGetProjects", retry: .safe)

    /// What bounds a project's builds.
    package struct Project: Sendable, Equatable, Decodable {
        package let name: String
        /// A build that runs longer is stopped.
        package let timeoutInMinutes: Int?
        /// A build that waits longer for its machine fails.
        package let queuedTimeoutInMinutes: Int?
        /// Nil where the project has no batches.
        package let buildBatchConfig: BatchConfiguration?
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
        try response.json().decoded(as: Answer.self).projects ?? []
    }
}
