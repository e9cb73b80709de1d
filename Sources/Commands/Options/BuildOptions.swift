import ArgumentParser
import Sandbox

/// How the build of a release is found and waited for.
struct BuildOptions: ParsableArguments {
    @Option(help: "Stack of the CodeBuild project; see setup-release-codebuild.")
    var stackName = BuildProject.defaultStackName

    @Flag(help: "Print the build's id and end, instead of following the build.")
    var noWait = false
}
