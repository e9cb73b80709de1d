import BuildGraph
import Diagnostics
import DockerEngine
import JSON
import Testing

@testable import Releasing

@Suite struct PushDockerImageTests {
    private let fixture: ManifestFixture
    private static let repository = "registry.test:5000/dss"

    init() throws { fixture = try ManifestFixture() }

    private func bench(password: String? = "hunter2", configuration: String? = nil) -> StageBench {
        StageBench(
            registryConfiguration: configuration,
            secrets: MachineSecrets(
                [:], registryPassword: password.map { Secret($0) }))
    }

    private func stage(_ bench: StageBench, user: String? = "me") throws -> PushDockerImage {
        let manifest = try fixture.read { document in
            var docker: [(String, JSONValue)] = [
                ("repository", .string(Self.repository)), ("publish", true),
            ]
            if let user { docker.append(("registryUser", .string(user))) }
            return try document.setting(
                JSONPointer(parsing: "/docker"), to: JSONValue(members: docker))
        }
        return PushDockerImage(
            docker: try manifest.docker.orThrow(), services: bench.services)
    }

    private func context(_ bench: StageBench) async throws -> StageContext {
        let document = InventoryDocuments.Document(file: "f", sha256: "s", bytes: 1)
        let built = BuildDockerImage.Outputs(
            image: "\(Self.repository):3.4.0", digest: "sha256:new", tags: ["3.4.0", "latest"],
            imageId: "sha256:new", bytes: 1, baseImage: "b", baseDigest: "d",
            documents: InventoryDocuments(inventory: document, sbom: document, packages: 1))
        return try await bench.context(
            "docker-push",
            upstream: [
                .init(
                    name: "docker-image", of: BuildDockerImage.self,
                    outputs: try .encoding(built))
            ])
    }

    private func prepare(_ bench: StageBench) {
        bench.engine.on("inspectImage sha256:new", .image(EngineImage(id: "sha256:new")))
        bench.engine.on("tag sha256:new \(Self.repository):3.4.0", .done)
    }

    @Test func `each tag is pushed, with progress and the user's password`() async throws {
        let bench = bench()
        prepare(bench)
        bench.engine.on("distributionDigest \(Self.repository):latest", .text(""))
        bench.engine.on("tag sha256:new \(Self.repository):latest", .done)
        bench.engine.on(
            "push \(Self.repository):3.4.0",
            .progress(
                [TransferProgress(percent: 50, message: "1 of 2 MB, 0 of 1 layers")],
                then: "sha256:m"))
        bench.engine.on("push \(Self.repository):latest", .progress([], then: "sha256:m"))
        let outputs = try await stage(bench).run(try await context(bench))
        #expect(
            outputs
                == .init(
                    image: "\(Self.repository):3.4.0", digest: "sha256:m",
                    tags: ["3.4.0", "latest"], registry: "registry.test:5000"))
        #expect(bench.engine.unused.isEmpty)
        let login = RegistryCredentials(
            .password(user: "me", Secret("hunter2")), server: "registry.test:5000")
        #expect(bench.engine.credentials == [login, login, login])
        #expect(bench.messages.contains { $0.contains("1 of 2 MB") })
        #expect(!bench.messages.contains { $0.contains("hunter2") })
    }

    @Test(arguments: [("3.4.0", true), ("3.5.0", false), (nil, true)])
    func `latest is taken from no higher version`(present: String?, moves: Bool) async throws {
        let bench = bench()
        prepare(bench)
        let pinned = "\(Self.repository)@sha256:\(String(repeating: "0", count: 64))"
        bench.engine.on("push \(Self.repository):3.4.0", .progress([], then: "sha256:m"))
        bench.engine.on(
            "distributionDigest \(Self.repository):latest",
            .text(String(pinned.dropFirst(Self.repository.count + 1))))
        var labels = ["exa_dss_id": "x"]
        labels["org.opencontainers.image.version"] = present
        bench.engine.on(
            "inspectImage \(pinned)", .image(nil),
            .image(EngineImage(id: "sha256:old", labels: labels)))
        bench.engine.on("pull \(pinned)", .done)
        bench.engine.on("removeImage \(pinned)", .done)
        if moves {
            bench.engine.on("tag sha256:new \(Self.repository):latest", .done)
            bench.engine.on("push \(Self.repository):latest", .progress([], then: "sha256:m"))
        }
        let outputs = try await stage(bench).run(try await context(bench))
        #expect(outputs.tags == (moves ? ["3.4.0", "latest"] : ["3.4.0"]))
        #expect(bench.engine.unused.isEmpty)
    }

    @Test func `a refused push fails the stage`() async throws {
        let bench = bench()
        prepare(bench)
        bench.engine.on("push \(Self.repository):3.4.0", .error("docker.push-refused"))
        let error = try await #require(throws: Diagnostic.self) {
            try await stage(bench).run(try await context(bench))
        }
        #expect(error.code == "docker.push-refused")
    }

    @Test func `an image that is gone is not pushed`() async throws {
        let bench = bench()
        bench.engine.on("inspectImage sha256:new", .image(nil))
        let error = try await #require(throws: Diagnostic.self) {
            try await stage(bench).run(try await context(bench))
        }
        #expect(error.code == "docker.image-gone")
        #expect(error.hint?.contains("--force docker-image") == true)
    }

    @Test func `a missing password, or one of nobody, is known before anything starts`()
        async throws
    {
        for (bench, user) in [(bench(password: nil), "me"), (bench(), nil)] {
            let error = try await #require(throws: Diagnostic.self) {
                try await stage(bench, user: user).preflight(try await context(bench))
            }
            #expect(error.code == "docker.login")
            #expect(error.severity == .configuration)
        }
        let login = bench(
            password: nil, configuration: #"{"auths":{"registry.test:5000":{"auth":"bWU6cA=="}}}"#)
        login.engine.on("ping", .done)
        try await stage(login, user: nil).preflight(try await context(login))
    }

    @Test func `the registry is asked whether it still has the image`() async throws {
        let bench = bench()
        bench.engine.on(
            "distributionDigest \(Self.repository):3.4.0", .text("sha256:m"), .text("sha256:x"),
            .text(""))
        let outputs = PushDockerImage.Outputs(
            image: "\(Self.repository):3.4.0", digest: "sha256:m", tags: ["3.4.0"],
            registry: "registry.test:5000")
        let context = try await context(bench)
        let stage = try stage(bench)
        #expect(try await stage.verify(outputs, context) == .exists)
        for _ in 0..<2 { #expect(try await stage.verify(outputs, context) != .exists) }
    }
}
