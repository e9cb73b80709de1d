import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Releasing

@Suite struct DistributionTests {
    /// What the first build runs for all.
    private static let shared = "--only source-ami --only docker-image"
    private let bench = StageBench()
    private let fixture: ManifestFixture
    private let matrix: Matrix

    init() throws {
        fixture = try ManifestFixture()
        let services = bench.services
        let path = fixture.path.replacing("release.json", with: "matrix.json")
        let text = """
            {"kind": "matrix", "base": "release.json",
             "variants": [{"assetId": "a"}, {"assetId": "b"}, {"assetId": "c"}]}
            """
        try AtomicFile.write(Array(text.utf8), to: path)
        let manifest = try Manifest.matrix(
            contentsOf: path, changedBy: ManifestOverrides(results: "s3://bucket/results"))
        matrix = try Matrix(
            manifest, services: services, layout: ReleaseLayout(),
            stores: { _ in TimelineResults(Timeline()) },
            equipment: Equipment(
                digester: InputDigester(root: manifest.base.project.path, cachePath: nil),
                tool: "test", time: bench.clock,
                lock: LockInfo(
                    runId: "run-1", owner: "o", host: "h", pid: 1, startedAt: "", command: "c")))
    }

    /// Says what AWS has.
    ///
    /// - Parameter builds: how many the project lets a batch have; nil for no batches at all.
    private func tellProject(builds: Int?, on other: StageBench? = nil) {
        let aws = (other ?? bench).aws
        aws.on(
            "DescribeStacks", [:], .stack("CREATE_COMPLETE", outputs: ["ProjectName": "P"]))
        var project: JSONValue = ["name": "P"]
        if let builds {
            project = [
                "name": "P",
                "buildBatchConfig": [
                    "restrictions": ["maximumBuildsAllowed": .integer(Int64(builds))]
                ],
            ]
            aws.on("DescribeExportImageTasks", [:], .exportTasks())
        }
        aws.on("BatchGetProjects", [:], .json(["projects": [project]]))
    }

    private func distribution(
        builds: Int? = nil, isDryRun: Bool = false, replacesPublished: Bool = false,
        on other: StageBench? = nil
    ) throws -> Distribution {
        try Distribution(
            of: matrix,
            Distribution.Request(
                stackName: "S", builds: builds, buildspec: "ci/buildspec.yaml",
                isDryRun: isDryRun, replacesPublished: replacesPublished),
            services: (other ?? bench).services)
    }

    /// What each build of a batch is for.
    private func builds(_ distribution: Distribution) async throws -> [String] {
        let batch = try #require(await distribution.prepare(matrix.variants) { _ in })
        let graph = try JSONValue.parse(Array(batch.buildspec.utf8), source: "buildspec")["batch"]?[
            "build-graph"]?.arrayValue
        return try #require(graph).map { build in
            let variables = build["env"]?["variables"]
            #expect(variables?["DSS_RESULTS"] == "s3://bucket/results")
            #expect(variables?["DSS_MATRIX"] == "manifests/matrix.json")
            let parts = [variables?["DSS_VARIANTS"], variables?["DSS_OPTIONS"]]
            return parts.compactMap { $0?.stringValue }.joined(separator: " ")
        }
    }

    @Test func `every stale release has a build, and what they share comes first`() async throws {
        tellProject(builds: 10)
        #expect(try await builds(distribution()) == [Self.shared, "a", "b", "c", ""])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test(arguments: [(4, nil), (100, 4)] as [(Int, Int?)])
    func `neither the project's number of builds is exceeded nor the command's`(
        project: Int, command: Int?
    ) async throws {
        tellProject(builds: project)
        let found = try await builds(distribution(builds: command))
        #expect(found == [Self.shared, "a", "b,c", ""])
    }

    @Test func `consent goes to every build that makes something`() async throws {
        tellProject(builds: 10)
        let found = try await builds(distribution(replacesPublished: true))
        #expect(
            found == [
                Self.shared + " --replace-published", "a --replace-published",
                "b --replace-published", "c --replace-published", "",
            ])
    }

    @Test func `a project without batches is an error before anything is planned`() async throws {
        tellProject(builds: nil)
        let error = try await #require(throws: Diagnostic.self) {
            try await distribution().prepare(matrix.variants) { _ in }
        }
        #expect(error.code == "codebuild.no-batches" && error.severity == .configuration)
    }

    @Test(arguments: [true, false])
    func `what git does not know is refused where a batch would be started`(
        isDryRun: Bool
    ) async throws {
        let git = ScriptedProcessRunner { command in
            ScriptedProcessRunner.Reply(status: command.arguments.contains("ls-files") ? 1 : 0)
        }
        let bench = StageBench(workstation: FakeWorkstation(processes: git))
        tellProject(builds: 10, on: bench)
        let distribution = try distribution(isDryRun: isDryRun, on: bench)
        if isDryRun {
            #expect(try await distribution.prepare(matrix.variants) { _ in } != nil)
        } else {
            let error = try await #require(throws: Diagnostic.self) {
                try await distribution.prepare(matrix.variants) { _ in }
            }
            #expect(error.code == "distribute.not-cloned")
            #expect(bench.aws.calls.isEmpty)
        }
        #expect(git.commands.isEmpty == isDryRun)
    }
}
