import ArgumentParser

/// The command `dssbatch collect MATRIX`: the summary of many releases.
struct CollectCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Writes the summary of a matrix from what is recorded. Runs nothing.",
        discussion: """
            For releases that other machines made: see `dssbatch distribute`. A run of a matrix \
            collects by itself. Exit status 1 where a variant is not up to date; each such one is \
            named with its first reason. Example:
              dssbatch collect manifests/matrix.json
            """)

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup var lock: LockOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        try await manifestOptions.matrixSession(global, call).collect(
            waitLockSeconds: lock.waitLock)
    }
}
