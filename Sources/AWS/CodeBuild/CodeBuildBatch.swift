/// A batch of builds as CodeBuild describes it.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildBatch.html
package struct CodeBuildBatch: Sendable, Equatable, Decodable {
    /// One task of the batch with its builds.
    package struct Group: Sendable, Equatable, Decodable {
        /// As the buildspec names it.
        package let identifier: String?
        /// `PENDING` before its build has begun; nil before there is one.
        package let currentBuildSummary: Summary?
    }

    /// A build in short.
    package struct Summary: Sendable, Equatable, Decodable {
        package let arn: String?
        /// As a build's `buildStatus`, or `PENDING`.
        package let buildStatus: String?

        /// The build's id, `PROJECT:UUID`.
        package var buildId: String? {
            arn?.split(separator: "/", maxSplits: 1).last.map(String.init)
        }
    }

    /// `PROJECT:UUID`.
    package let id: String
    /// `IN_PROGRESS`, `SUCCEEDED`, `FAILED`, `FAULT`, `STOPPED` or `TIMED_OUT`.
    package let buildBatchStatus: String
    /// `SUBMITTED`, `DOWNLOAD_BATCHSPEC`, `IN_PROGRESS`, `COMBINE_ARTIFACTS`, then how it ended.
    package let currentPhase: String?
    package let phases: [CodeBuildBuild.Phase]?
    /// Nil before the buildspec is read.
    package let buildGroups: [Group]?

    /// Whether nothing more happens.
    package var isComplete: Bool { buildBatchStatus != "IN_PROGRESS" }
}

/// The answer `{"buildBatch": …}` of some operations.
struct OneBatchAnswer: Decodable {
    let buildBatch: CodeBuildBatch
}
