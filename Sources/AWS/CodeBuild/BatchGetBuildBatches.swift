import JSON

/// Says how batches of builds are; those that do not exist are left out.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuildBatches.html
package struct BatchGetBuildBatches: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "BatchGetBuildBatches", retry: .safe)

    package var ids: [String]

    /// Makes the call; see the properties.
    package init(ids: [String]) {
        self.ids = ids
    }

    private struct Answer: Decodable {
        let buildBatches: [CodeBuildBatch]?
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> [CodeBuildBatch] {
        try response.json(withOneOf: "buildBatches", "buildBatchesNotFound")
            .decoded(as: Answer.self).buildBatches ?? []
    }
}
