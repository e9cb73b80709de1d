package import BuildGraph

/// What the guide's commands ask for of a release's stages.
package enum ReleaseSelections {
    private static let dockerGroups: Set = ["docker", "docker-inventory"]
    private static let notes: StageName = "release-notes"
    private static let published: StageName = "github-release"
    private static let retire: StageName = "retire"

    /// `create-vm`: all but the Docker image and GitHub.
    ///
    /// The release's documents tell of the Docker image too: where there is one, they are not
    /// written without it.
    package static func virtualMachine(in graph: StageGraph) -> Selection {
        let hasDocker = graph.stages.contains { dockerGroups.contains($0.group) }
        // What is behind GitHub's page waits for it.
        let retires = !hasDocker && graph[published] == nil
        let only = graph.stages.filter { stage in
            !dockerGroups.contains(stage.group) && stage.name != published
                && (stage.name != notes || !hasDocker)
                && (stage.name != retire || retires) && !stage.isEphemeral
        }
        return Selection(only: Set(only.map(\.name)))
    }

    /// One stage, whatever is recorded of it.
    ///
    /// - Parameter refresh: asks again what was looked up once.
    package static func again(_ stage: StageName, refresh: Bool) -> Selection {
        Selection(only: [stage], force: [stage], refresh: refresh)
    }
}
