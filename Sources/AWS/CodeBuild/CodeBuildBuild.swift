/// A build as CodeBuild describes it.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html
package struct CodeBuildBuild: Sendable, Equatable, Decodable {
    /// A step of a build.
    package struct Phase: Sendable, Equatable, Decodable {
        /// Such as `DOWNLOAD_SOURCE`.
        package let phaseType: String
        /// Such as `SUCCEEDED`; nil while it goes on.
        package let phaseStatus: String?
        package let durationInSeconds: Int?
        /// Why it ended as it did.
        package let contexts: [Context]?
    }

    /// One reason of a phase's end.
    package struct Context: Sendable, Equatable, Decodable {
        /// Such as `COMMAND_EXECUTION_ERROR`.
        package let statusCode: String?
        package let message: String?

        /// Both in one line; nil where there is neither.
        package var text: String? {
            let parts = [statusCode, message].compactMap { $0 }.filter { !$0.isEmpty }
            return parts.isEmpty ? nil : parts.joined(separator: ": ")
        }
    }

    /// Where its log is.
    package struct Logs: Sendable, Equatable, Decodable {
        /// Nil before the first line.
        package let groupName: String?
        /// Nil before the first line.
        package let streamName: String?
        /// The log's page in the console.
        package let deepLink: String?
    }

    /// `PROJECT:UUID`.
    package let id: String
    package let projectName: String?
    /// Such as `INSTALL`; `COMPLETED` at the end.
    package let currentPhase: String?
    /// `IN_PROGRESS`, `SUCCEEDED`, `FAILED`, `FAULT`, `STOPPED` or `TIMED_OUT`.
    package let buildStatus: String
    package let phases: [Phase]?
    package let logs: Logs?

    /// Whether nothing more happens.
    package var isComplete: Bool { buildStatus != "IN_PROGRESS" }
}

/// The answer `{"build": …}` of some operations.
struct OneBuildAnswer: Decodable {
    let build: CodeBuildBuild
}
