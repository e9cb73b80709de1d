import AWS
import Diagnostics

/// The CodeBuild project that makes releases, found by its stack.
package struct BuildProject: Sendable, Equatable {
    package let name: String
    /// A build that runs longer is stopped by CodeBuild.
    package let timeoutMinutes: Int
    /// A build that waits longer for its machine fails.
    package let queuedTimeoutMinutes: Int
    /// What bounds its batches; nil where it has none.
    package var batches: Batches?
    /// The most builds of it at once; nil where only the account bounds them.
    package var buildsAtOnce: Int?
    /// Where its builds take secrets from.
    package var secrets: [BuildSecret] = []
    /// Whose credential its builds need to get their source, such as `GITHUB`; nil for none.
    package var sourceServer: String?
    /// The quota that its builds count against; nil for an unknown kind of machine.
    var quota: Quota?

    /// What bounds a project's batches.
    package struct Batches: Sendable, Equatable {
        /// A batch that runs longer is stopped by CodeBuild.
        package let timeoutMinutes: Int
        /// The most builds of one batch.
        package let builds: Int
    }

    /// What the stack is called where nobody says otherwise.
    package static let defaultStackName = "DATA-SCIENCE-SANDBOX-RELEASE-CODEBUILD"
    private static let output = "ProjectName"
    /// What CodeBuild takes where a project sets nothing.
    private static let defaultMinutes = (build: 60, queue: 480)
    private static let defaultBatch = (minutes: 480, builds: 100)
    /// For the machine, and the end of a build that is stopped.
    private static let marginMinutes = 30

    /// Describes a project.
    package init(name: String, timeoutMinutes: Int, queuedTimeoutMinutes: Int) {
        self.name = name
        self.timeoutMinutes = timeoutMinutes
        self.queuedTimeoutMinutes = queuedTimeoutMinutes
    }

    /// No build takes longer, the queue before it included.
    var longestSeconds: Double {
        Double(timeoutMinutes + queuedTimeoutMinutes + Self.marginMinutes) * 60
    }

    /// CodeBuild's own limit, in minutes.
    ///
    /// Source: <https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html>
    private static let longestMinutes = 2160

    /// How long a build may take that makes several releases one after the other.
    func timeoutMinutes(ofReleases count: Int) -> Int {
        max(timeoutMinutes, min(timeoutMinutes * count, Self.longestMinutes))
    }

    /// No batch takes longer.
    var longestBatchSeconds: Double {
        Double((batches?.timeoutMinutes ?? timeoutMinutes) + Self.marginMinutes) * 60
    }

    /// The most builds of one batch.
    ///
    /// - Throws: `codebuild.no-batches`.
    package func requireBatches() throws -> Int {
        guard let batches else {
            throw Diagnostic(
                code: "codebuild.no-batches", severity: .configuration,
                summary: "project `\(name)` has no configuration for batches",
                hint: "bring its stack up to date: `dssbatch setup-release-codebuild`")
        }
        return batches.builds
    }

    /// Looks the project up.
    ///
    /// - Throws: `codebuild.no-stack`, `codebuild.no-output`, `codebuild.no-project`.
    package static func find(
        stack stackName: String, region: String, services: Services
    ) async throws -> BuildProject {
        let again = "run `dssbatch setup-release-codebuild`"
        let stacks = StackDeployment(aws: services.aws, region: region, time: services.time)
        guard let stack = try await stacks.find(stackName) else {
            throw Diagnostic(
                code: "codebuild.no-stack", severity: .configuration,
                summary: "stack `\(stackName)` does not exist in region `\(region)`",
                hint: "\(again) first, or name another stack with `--stack-name`")
        }
        guard let name = stack.outputs[output], !name.isEmpty else {
            throw Diagnostic(
                code: "codebuild.no-output", severity: .configuration,
                summary: "stack `\(stackName)` (\(stack.status)) has no output `\(output)`",
                hint: "\(again), or name the stack of `cfn/release-codebuild.yaml` with "
                    + "`--stack-name`")
        }
        let found = try await services.aws.call(BatchGetProjects(names: [name]), region: region)
        guard let project = found.first else {
            throw Diagnostic(
                code: "codebuild.no-project", severity: .configuration,
                summary: "there is no project `\(name)`, which stack `\(stackName)` names",
                hint: "somebody has deleted it: delete the stack, then \(again)")
        }
        var described = BuildProject(
            name: name, timeoutMinutes: project.timeoutInMinutes ?? defaultMinutes.build,
            queuedTimeoutMinutes: project.queuedTimeoutInMinutes ?? defaultMinutes.queue)
        described.batches = project.buildBatchConfig.map { settings in
            Batches(
                timeoutMinutes: settings.timeoutInMins ?? defaultBatch.minutes,
                builds: settings.restrictions?.maximumBuildsAllowed ?? defaultBatch.builds)
        }
        described.add(needsOf: project)
        return described
    }
}
