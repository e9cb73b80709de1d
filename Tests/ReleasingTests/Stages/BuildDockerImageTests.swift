import BuildGraph
import Diagnostics
import DockerEngine
import JSON
import TestSupport
import Testing

@testable import Releasing

/// The image is made, shows that it works, and gets its names; nothing else stays.
@Suite(.timeLimit(.minutes(30)))
struct BuildDockerImageTests {
    private static let base = EngineImage(
        id: "sha256:base", tags: ["ubuntu:22.04"], repositoryDigests: ["ubuntu@sha256:hub"])
    private static let repository = "exasol/data-science-sandbox"
    private static let name = "dss-3.4.0-run-1"
    private static let unproven = "\(repository):unproven-run-1"

    private let fixture: ManifestFixture
    private let folder: TemporaryFolder
    private let provisioner = FakeProvisioner()

    init() throws {
        fixture = try ManifestFixture()
        folder = try TemporaryFolder()
    }

    private func bench(
        _ provisioner: FakeProvisioner? = nil, password: String? = "j"
    ) -> StageBench {
        StageBench(
            provisioner: provisioner ?? self.provisioner,
            secrets: MachineSecrets(
                password.map { [.jupyter: Secret($0)] } ?? [:],
                // Of whom pushes: no base image is asked for with it.
                registryPassword: Secret("hunter2")))
    }

    private func stage(
        _ bench: StageBench, keepsContainer: Bool = false,
        _ change: (JSONValue) throws -> JSONValue = { $0 }
    ) throws -> BuildDockerImage {
        let manifest = try fixture.read(change)
        return BuildDockerImage(
            docker: try manifest.docker.orThrow(), manifest: manifest, services: bench.services,
            temporaryFolder: folder.path, keepsContainer: keepsContainer)
    }

    /// What the engine answers until the container is started.
    private func begin(_ bench: StageBench) {
        bench.engine.on("inspectImage ubuntu:22.04", .image(Self.base))
        bench.engine.on("ping", .done)
        bench.engine.on("hasNetwork bridge", .flag(true))
        bench.engine.on("createContainer \(Self.name)", .text("c1"))
        bench.engine.on("start c1", .done)
        bench.engine.on("removeContainer \(Self.name)", .done)
    }

    /// What the engine answers from the commit until the image's container is started.
    private func prove(_ bench: StageBench) {
        bench.engine.on("commit c1 \(Self.unproven)", .text("sha256:new"))
        bench.engine.on("createContainer \(Self.name)-proof", .text("c2"))
        bench.engine.on("start c2", .done)
        bench.engine.on("removeContainer \(Self.name)-proof", .done)
        bench.engine.on("removeImage \(Self.unproven)", .done)
    }

    private func state(
        _ health: ContainerState.Health?, running: Bool = true, exitCode: Int = 0,
        said: String = ""
    ) -> ScriptedContainerEngine.Reply {
        .state(
            ContainerState(
                id: "c2", name: "n", isRunning: running, exitCode: exitCode, health: health,
                healthOutput: said))
    }

    private func succeed(_ bench: StageBench, old: EngineImage? = nil) {
        begin(bench)
        prove(bench)
        bench.engine.on("inspectContainer c2", state(.starting), state(.healthy))
        bench.engine.on("stop c2", .number(0))
        bench.engine.on("inspectImage \(Self.repository):3.4.0", .image(old))
        bench.engine.on("tag sha256:new \(Self.repository):3.4.0", .done)
        bench.engine.on("inspectImage \(Self.repository):latest", .image(nil))
        bench.engine.on("tag sha256:new \(Self.repository):latest", .done)
        bench.engine.on(
            "inspectImage sha256:new", .image(EngineImage(id: "sha256:new", sizeBytes: 1_000_000)))
    }

    @Test func `a container becomes an image that has shown that it works`() async throws {
        let bench = bench()
        succeed(bench)
        let context = try await bench.context("docker-image")
        let outputs = try await stage(bench).run(context)
        #expect(outputs.image == "\(Self.repository):3.4.0")
        #expect(outputs.digest == "sha256:new" && outputs.imageId == "sha256:new")
        #expect(outputs.tags == ["3.4.0", "latest"])
        #expect(outputs.bytes == 1_000_000)
        #expect(outputs.baseImage == "ubuntu:22.04" && outputs.baseDigest == "sha256:hub")
        #expect(outputs.documents.sbom.file == "docker-image.cdx.json")
        #expect(bench.engine.unused.isEmpty)
        #expect(await context.journal.unfinished().isEmpty)
        let order = [
            "intent docker:container", "engine createContainer \(Self.name)",
            "created docker:container", "intent docker:image",
            "engine commit c1 \(Self.unproven)", "engine stop c2",
            "engine tag sha256:new \(Self.repository):3.4.0",
            "engine removeImage \(Self.unproven)", "engine removeContainer \(Self.name)",
        ].map { bench.timeline.place($0) ?? -1 }
        #expect(order == order.sorted() && !order.contains(-1))
    }

    @Test func `the containers are as agreed`() async throws {
        let bench = bench()
        succeed(bench)
        _ = try await stage(bench).run(try await bench.context("docker-image"))
        let labels = ["exa_dss_id": "3.4.0", "exa_dss_run": "run-1"]
        #expect(
            bench.engine.created == [
                ContainerSpecification(
                    name: Self.name, image: "sha256:base", command: ["infinity"],
                    entryPoint: ["sleep"], user: "root", labels: labels, networkMode: "bridge"),
                ContainerSpecification(
                    name: "\(Self.name)-proof", image: "sha256:new", labels: labels,
                    networkMode: "none"),
            ])
    }

    @Test func `the image says what it is and how it is run`() async throws {
        let bench = bench()
        succeed(bench)
        _ = try await stage(bench).run(try await bench.context("docker-image"))
        let configuration = try #require(bench.engine.committed.first)
        #expect(
            configuration.entryPoint == ["/usr/bin/tini", "--", "/usr/local/bin/dss-entrypoint"])
        #expect(configuration.command == [] && configuration.user == "ubuntu")
        #expect(configuration.workingFolder == "/home/ubuntu")
        #expect(configuration.exposedPorts == ["8888/tcp"] && configuration.volumes.isEmpty)
        #expect(configuration.healthCheck?.command.contains("127.0.0.1:8888/api") == true)
        let labels = configuration.labels
        let annotations = labels.filter { $0.key.hasPrefix("org.opencontainers.image.") }
        #expect(
            Set(annotations.keys.map { String($0.dropFirst(25)) }) == [
                "title", "description", "version", "created", "url", "source", "base.name",
                "base.digest", "vendor",
            ])
        #expect(labels["exa_dss_id"] == "3.4.0")
        #expect(
            labels["org.opencontainers.image.base.name"] == "docker.io/library/ubuntu:22.04")
    }

    @Test func `the plays are the machine's, the checks and the finish, without secrets in them`()
        async throws
    {
        let bench = bench()
        succeed(bench)
        _ = try await stage(bench).run(try await bench.context("docker-image"))
        let plays = provisioner.plays
        #expect(
            plays.map { $0.playbook.split(separator: "/").suffix(2).joined(separator: "/") } == [
                "ansible/sandbox.yml", "checks/machine.yml", "ansible/finish-container.yml",
            ])
        for play in plays {
            #expect(
                play.target
                    == .container(name: Self.name, engine: ScriptedContainerEngine.description))
            #expect(play.variables["sandbox_target"] == "container")
        }
        #expect(plays.map { $0.environment["DSS_JUPYTER_PASSWORD"] != nil } == [true, true, false])
        let left = try #require(plays.first?.scratchFolder)
        #expect(left.hasPrefix("\(folder.path)/dss-c"))
        #expect(throws: Diagnostic.self) { try FileContents.read("\(left)/inventory.json") }
    }

    @Test func `a base image that is not there is pulled as nobody in particular`() async throws {
        let bench = bench()
        bench.engine.on("inspectImage ubuntu:22.04", .image(nil))
        bench.engine.on("pull ubuntu:22.04", .done)
        succeed(bench)
        let outputs = try await stage(bench).run(try await bench.context("docker-image"))
        #expect(outputs.baseDigest == "sha256:hub")
        #expect(bench.engine.credentials.map(\.kind) == [.anonymous])
    }

    @Test(arguments: [(nil, "host"), ("own", "own")])
    func `the network is the manifest's, or the host's where the engine has none`(
        network: String?, mode: String
    ) async throws {
        let bench = bench()
        if network == nil { bench.engine.on("hasNetwork bridge", .flag(false)) }
        succeed(bench)
        let stage = try stage(bench) { document in
            guard let network else { return document }
            return try document.setting(
                JSONPointer(parsing: "/docker/network"), to: .string(network))
        }
        _ = try await stage.run(try await bench.context("docker-image"))
        #expect(bench.engine.created.first?.networkMode == mode)
    }

    @Test func `the image of an earlier build goes, unless somebody else named or runs it`()
        async throws
    {
        let tags = ["\(Self.repository):3.4.0", "\(Self.repository):latest"]
        let own = ["exa_dss_id": "3.4.0"]
        for (tags, labels, removal) in [
            (tags, own, ScriptedContainerEngine.Reply.done), (tags, own, .error("docker.409")),
            (tags, [:], nil), (tags + ["mine:1"], own, nil),
        ] as [([String], [String: String], ScriptedContainerEngine.Reply?)] {
            let bench = bench()
            succeed(bench, old: EngineImage(id: "sha256:old", tags: tags, labels: labels))
            if let removal { bench.engine.on("removeImage sha256:old", removal) }
            _ = try await stage(bench).run(try await bench.context("docker-image"))
            #expect(bench.engine.unused.isEmpty)
        }
    }

    @Test func `a playbook that fails leaves no container`() async throws {
        let bench = bench(
            FakeProvisioner(problem: Diagnostic(code: "ansible.task-failed", summary: "no")))
        begin(bench)
        let context = try await bench.context("docker-image")
        let error = try await #require(throws: Diagnostic.self) {
            try await stage(bench).run(context)
        }
        #expect(error.code == "ansible.task-failed")
        #expect(bench.engine.unused.isEmpty)
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test func `an image that does not work gets no name and goes`() async throws {
        let dead = state(nil, running: false, exitCode: 3)
        for (states, code) in [
            ([dead], "docker.image-unhealthy"), ([state(nil)], "docker.image-unhealthy"),
            ([.state(nil)], "docker.image-unhealthy"),
            ([state(.starting), state(.unhealthy, said: "refused")], "docker.image-unhealthy"),
        ] as [([ScriptedContainerEngine.Reply], String)] {
            let bench = bench()
            begin(bench)
            prove(bench)
            for state in states { bench.engine.on("inspectContainer c2", state) }
            bench.engine.on("logTail c2", .text("Traceback\nboom\n"))
            let context = try await bench.context("docker-image")
            let error = try await #require(throws: Diagnostic.self) {
                try await stage(bench).run(context)
            }
            #expect(error.code == code)
            #expect(error.causes.contains("it wrote: boom"))
            #expect(bench.engine.unused.isEmpty)
            #expect(await context.journal.unfinished().isEmpty)
        }
    }

    @Test func `an image that never becomes healthy is given up`() async throws {
        let bench = bench()
        begin(bench)
        prove(bench)
        let most = Int(ImageProof.deadlineSeconds) + 1
        for _ in 0..<most { bench.engine.on("inspectContainer c2", state(.starting)) }
        bench.engine.on("logTail c2", .error("docker.404"))
        let error = try await #require(throws: Diagnostic.self) {
            try await stage(bench).run(try await bench.context("docker-image"))
        }
        #expect(error.code == "docker.image-unhealthy")
    }

    @Test(arguments: [137, 1])
    func `an image that does not end by itself is no good`(status: Int) async throws {
        let bench = bench()
        begin(bench)
        prove(bench)
        bench.engine.on("inspectContainer c2", state(.healthy))
        bench.engine.on("stop c2", .number(status))
        bench.engine.on("logTail c2", .text(""))
        let error = try await #require(throws: Diagnostic.self) {
            try await stage(bench).run(try await bench.context("docker-image"))
        }
        #expect(error.code == "docker.image-unstoppable")
        #expect(bench.engine.unused.isEmpty)
    }

    @Test func `a container that cannot be removed is left to the next run`() async throws {
        let bench = bench()
        bench.engine.on("removeContainer \(Self.name)", .error("docker.unreachable"))
        succeed(bench)
        let context = try await bench.context("docker-image")
        _ = try await stage(bench).run(context)
        #expect(await context.journal.unfinished().map(\.resource) == ["docker:container"])
        #expect(bench.messages.contains { $0.contains("the next run removes it") })
    }

    @Test func `a run that is cancelled leaves no container`() async throws {
        let bench = bench()
        begin(bench)
        bench.engine.on("commit c1 \(Self.unproven)", .untilCancelled)
        bench.engine.on("removeImage \(Self.unproven)", .done)
        let context = try await bench.context("docker-image")
        let stage = try stage(bench)
        let run = Task { try await stage.run(context) }
        #expect(
            try await eventually {
                bench.timeline.place("engine commit c1 \(Self.unproven)") != nil
            })
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(bench.engine.unused.isEmpty)
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test func `a kept container is told of and is no concern of the next run`() async throws {
        let bench = bench()
        succeed(bench)
        let context = try await bench.context("docker-image")
        _ = try await stage(bench, keepsContainer: true).run(context)
        #expect(bench.engine.unused == ["removeContainer \(Self.name)"])
        #expect(await context.journal.unfinished().isEmpty)
        #expect(bench.messages.contains { $0.contains("docker exec -it \(Self.name) bash") })
    }

    @Test func `a container kept after a failure is the next run's to remove`() async throws {
        let bench = bench(
            FakeProvisioner(problem: Diagnostic(code: "ansible.task-failed", summary: "no")))
        begin(bench)
        let context = try await bench.context("docker-image")
        await #expect(throws: Diagnostic.self) {
            try await stage(bench, keepsContainer: true).run(context)
        }
        #expect(bench.engine.unused == ["removeContainer \(Self.name)"])
        #expect(await context.journal.unfinished().map(\.resource) == ["docker:container"])
        #expect(bench.messages.contains { $0.contains("the next run removes it") })
    }

    @Test func `what an interrupted run left is removed first`() async throws {
        let bench = bench()
        try await bench.leave(
            "docker:container", of: "docker-image", name: "dss-3.4.0-run-0", id: "c0")
        try await bench.leave("docker:image", of: "docker-image", name: "x:unproven-run-0.1")
        let labels = ScriptedAWS.Reply.made(by: StageBench.earlierRun)
        bench.engine.on(
            "inspectContainer dss-3.4.0-run-0",
            .state(.init(id: "c0", name: "c", isRunning: true, healthOutput: "", labels: labels)))
        bench.engine.on("removeContainer dss-3.4.0-run-0", .done)
        bench.engine.on(
            "inspectImage x:unproven-run-0.1", .image(EngineImage(id: "i", labels: labels)))
        bench.engine.on("removeImage x:unproven-run-0.1", .done)
        succeed(bench)
        let context = try await bench.context("docker-image")
        _ = try await stage(bench).run(context)
        // The newest first: a container holds on to its image.
        #expect(
            Array(bench.engine.calls.prefix(4)) == [
                "inspectImage x:unproven-run-0.1", "removeImage x:unproven-run-0.1",
                "inspectContainer dss-3.4.0-run-0", "removeContainer dss-3.4.0-run-0",
            ])
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test func `preflight wants a password and an engine`() async throws {
        let ready = bench()
        ready.engine.on("ping", .done)
        try await stage(ready).preflight(try await ready.context("docker-image"))
        let dead = bench()
        dead.engine.on("ping", .error("docker.unreachable"))
        let silent = bench(password: nil)
        for (bench, code) in [(dead, "docker.unreachable"), (silent, "secrets.missing")] {
            let error = try await #require(throws: Diagnostic.self) {
                try await stage(bench).preflight(try await bench.context("docker-image"))
            }
            #expect(error.code == code)
        }
    }

    @Test func `what the checks are makes no image stale`() throws {
        let inputs = try stage(bench()).inputs
        #expect(inputs.contains(.folder(path: "ansible")))
        #expect(!inputs.contains { $0 == .folder(path: "checks") })
        #expect(!inputs.contains { "\($0)".contains("publish") || "\($0)".contains("User") })
    }

    @Test func `an image is there where its name still means it`() async throws {
        let bench = bench()
        let reference = "\(Self.repository):3.4.0"
        bench.engine.on(
            "inspectImage \(reference)", .image(EngineImage(id: "sha256:new")), .image(nil),
            .image(EngineImage(id: "sha256:other")))
        let document = InventoryDocuments.Document(file: "f", sha256: "s", bytes: 1)
        let outputs = BuildDockerImage.Outputs(
            image: reference, digest: "sha256:new", tags: ["3.4.0"], imageId: "sha256:new",
            bytes: 1, baseImage: "b", baseDigest: "d",
            documents: InventoryDocuments(inventory: document, sbom: document, packages: 1))
        let context = try await bench.context("docker-image")
        let stage = try stage(bench)
        #expect(try await stage.verify(outputs, context) == .exists)
        for _ in 0..<2 {
            #expect(
                try await stage.verify(outputs, context) == .missing("image \(reference)"))
        }
    }
}
