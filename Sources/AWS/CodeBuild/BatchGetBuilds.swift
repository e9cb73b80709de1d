import JSON

/// Says how builds are; those that do not exist are left out.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html
package struct BatchGetBuilds: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "BatchGetBuilds", retry: .safe)

    package var ids: [String]

    /// Makes the call; see the properties.
    package init(ids: [String]) {
        self.ids = ids
    }

    private struct Answer: Decodable {
        let builds: [CodeBuildBuild]?
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> [CodeBuildBuild] {
        try response.json(withOneOf: "builds", "buildsNotFound")
            .decoded(as: Answer.self).builds ?? []
    }
}
