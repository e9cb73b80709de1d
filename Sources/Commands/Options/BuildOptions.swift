import ArgumentParser
import Releasing

/// How the build of a release is found and waited for.
struct BuildOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Stack of the CodeBuild project; see setup-release-codebuild.", valueName: "name"))
    var stackName = BuildProject.defaultStackName

    @Flag(help: "Print the build's id and end, instead of following the build.")
    var noWait = false
}
