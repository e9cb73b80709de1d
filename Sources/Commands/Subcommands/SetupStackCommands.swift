import ArgumentParser

/// The command `dssbatch setup-vm-bucket`: the stage of that name of the infrastructure.
struct SetupVMBucketCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "setup-vm-bucket",
        abstract: "Creates or updates the stack of the VM images: bucket, role, distribution.",
        discussion: """
            The same as `dssbatch run manifests/infrastructure.json --only vm-bucket`, but for the \
            firewall in front of it: where that is deployed already, its stack stays as it is. \
            Name, template and parameters come from the manifest. Examples, the first of which \
            changes nothing:
              dssbatch plan manifests/infrastructure.json --only vm-bucket
              dssbatch setup-vm-bucket
            """)

    @OptionGroup var infrastructure: InfrastructureOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        try await infrastructure.run("vm-bucket", running, global, call)
    }
}

/// The command `dssbatch setup-ci-codebuild`: the stage `ci-codebuild` of the infrastructure.
struct SetupCICodeBuildCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "setup-ci-codebuild",
        abstract: "Creates or updates the stack of the CodeBuild project that tests changes.",
        discussion: """
            The same as `dssbatch run manifests/infrastructure.json --only ci-codebuild`. Name, \
            template and parameters come from the manifest. Example:
              dssbatch setup-ci-codebuild
            """)

    @OptionGroup var infrastructure: InfrastructureOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        try await infrastructure.run("ci-codebuild", running, global, call)
    }
}

/// The command `dssbatch setup-release-codebuild`: the stage `release-codebuild` of the
/// infrastructure.
struct SetupReleaseCodeBuildCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "setup-release-codebuild",
        abstract: "Creates or updates the stack of the CodeBuild project that makes releases.",
        discussion: """
            The same as `dssbatch run manifests/infrastructure.json --only release-codebuild`, but \
            for stacks that it needs: those that are deployed already stay as they are. Name, \
            template and parameters come from the manifest. Example:
              dssbatch setup-release-codebuild
            """)

    @OptionGroup var infrastructure: InfrastructureOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        try await infrastructure.run("release-codebuild", running, global, call)
    }
}
