package import BuildGraph
package import OrderedCollections

/// One release in one value: what was made, how, by whom, and how it stands.
///
/// Drawn up from what is recorded alone; each form that it is shown in is a function of it.
package struct Report: Sendable {
    /// How all of it stands, in a word.
    package enum Standing: String, Sendable {
        case fresh, stale, failed
        case neverRan = "never ran"
        /// The declared files are not all there, so that nobody can tell.
        case unknown
    }

    /// One stage as it stands.
    package struct Stage: Sendable {
        /// Its name.
        package let name: StageName
        /// Whether it is durable or ephemeral.
        package let lifetime: StageLifetime
        /// What a run would do with it; nil where that is unknown.
        package let state: StageState?
        /// Why it is not fresh.
        package let reasons: [String]
        /// All that it needs.
        package let needs: [StageName]
    }

    /// What one run of the program did of what is recorded now.
    package struct Run: Sendable {
        /// One stage of it.
        package struct Step: Sendable {
            /// Its name.
            package let stage: StageName
            /// How it ended.
            package let status: ResultRecord.Status
            /// RFC 3339, UTC.
            package let startedAt: String
            /// How long it took.
            package let seconds: Double
            /// From the run's first stage on.
            package let offsetSeconds: Double
        }

        /// Its id.
        package let id: String
        /// Who ran it and where; nil where that was not written down.
        package let by: RecordedPerson?
        /// Such as `dssbatch 0.1.0`.
        package let tool: String
        /// RFC 3339, UTC.
        package let startedAt: String
        /// RFC 3339, UTC.
        package let finishedAt: String
        /// From its first stage to the end of its last.
        package let seconds: Double
        /// In the order in which they began.
        package let steps: [Step]
    }

    /// A task of a playbook that took long.
    package struct SlowTask: Sendable {
        /// The stage that played it.
        package let stage: StageName
        /// With its role's name before it.
        package let task: String
        package let seconds: Double
    }

    /// A stage that failed last time.
    package struct Failure: Sendable {
        /// Its name.
        package let stage: StageName
        /// RFC 3339, UTC.
        package let finishedAt: String
        /// With its log's whole path.
        package let error: RecordedError
    }

    /// The asset id; of the permanent stacks `infrastructure`.
    package let name: String
    /// Nil where it is of none.
    package let region: String?
    /// Where the results are.
    package let location: String
    /// How all of it stands.
    package let standing: Standing
    /// When the last of what counts now was made; RFC 3339, UTC, nil where nothing was.
    package let madeAt: String?
    /// What was made, images first.
    package let made: [MadeThing]
    /// What is on it, by component, as it was released.
    package let versions: OrderedDictionary<String, String>
    /// In topological order.
    package let stages: [Stage]
    /// The oldest first.
    package let runs: [Run]
    /// The slowest first.
    package let slowTasks: [SlowTask]
    /// In topological order.
    package let failures: [Failure]
    /// What changed since the release before.
    package let packages: PackageReport
    /// The stages with their states.
    package let drawing: GraphDrawing
    /// What is to be said of all of it.
    package let notes: [String]

    /// What all exported images take.
    package var sizeBytes: Int64 { ByteCount.sum(made.map(\.bytes)) }

    /// How many stages there are of each state, those that there are.
    package var counts: [(state: StageState, count: Int)] {
        StageState.allCases.map { state in (state, stages.count { $0.state == state }) }
            .filter { $0.count > 0 }
    }
}
