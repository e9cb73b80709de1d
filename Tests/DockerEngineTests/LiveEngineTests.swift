import Diagnostics
import DockerEngine
import Foundation
import HTTP
import TestSupport
import Testing

/// Whether there is a real engine to test with.
private enum LiveEngine {
    static let environment = ProcessInfo.processInfo.environment
    static var isWanted: Bool { environment["DSS_TEST_DOCKER"] != nil }
}

/// A real engine and a real registry; on where `DSS_TEST_DOCKER` is set.
///
/// Wanted beside it: `DOCKER_HOST`, `DSS_TEST_DOCKER_IMAGE` (an image that the engine has, with a
/// shell), `DSS_TEST_REGISTRY` (host and port of a registry that asks who is there),
/// `DSS_TEST_REGISTRY_USER` and `DOCKER_REGISTRY_PASSWORD`.
@Suite(.enabled(if: LiveEngine.isWanted), .serialized, .timeLimit(.minutes(30)))
struct LiveEngineTests {
    private let client: DockerEngineClient
    private let base: String
    private let registry: String
    private let login: RegistryCredentials
    private let run = String(UInt32.random(in: .min ... .max), radix: 16)

    init() throws {
        let environment = LiveEngine.environment
        client = DockerEngineClient(
            transport: CurlTransport(
                CurlTransport.Configuration(version: "test", environment: environment))
        ) {
            try DockerHost.find(
                environment: environment, files: DockerFiles(environment: environment),
                isThere: { FileManager.default.fileExists(atPath: $0) })
        }
        base = try #require(environment["DSS_TEST_DOCKER_IMAGE"])
        registry = try #require(environment["DSS_TEST_REGISTRY"])
        login = RegistryCredentials(
            .password(
                user: try #require(environment["DSS_TEST_REGISTRY_USER"]),
                Secret(try #require(environment["DOCKER_REGISTRY_PASSWORD"]))),
            server: registry)
    }

    private func specification(_ name: String, script: String) async throws
        -> ContainerSpecification
    {
        ContainerSpecification(
            name: "dss-live-\(name)-\(run)", image: base, entryPoint: ["/bin/sh", "-c", script],
            labels: ["exa_dss_test": run],
            networkMode: try await client.hasNetwork("bridge") ? "bridge" : "host")
    }

    /// Runs `work` and removes every container of this test, however it ends.
    private func cleaningUp(_ work: () async throws -> Void) async throws {
        let result: Result<Void, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        for left in try await client.findContainers(label: "exa_dss_test", value: run) {
            try await client.removeContainer(left.id)
        }
        try result.get()
        #expect(try await client.findContainers(label: "exa_dss_test", value: run).isEmpty)
    }

    @Test func `a container runs, is found, and stops as it is told`() async throws {
        let container = try await specification(
            "run", script: "trap 'exit 7' TERM; echo started; while :; do sleep 0.1; done")
        try await cleaningUp {
            let id = try await client.createContainer(container)
            #expect(try await client.createContainer(container) == id)
            try await client.start(id)
            try await client.start(id)
            var log = ""
            for _ in 0..<100 where log.isEmpty {
                try await Task.sleep(for: .milliseconds(100))
                log = try await client.logTail(id, lines: 5)
            }
            #expect(log == "started\n")
            #expect(try await client.inspectContainer(container.name)?.isRunning == true)
            #expect(try await client.stop(id, graceSeconds: 20) == 7)
            #expect(try await client.stop(id, graceSeconds: 1) == 7)
            try await client.removeContainer(id)
            try await client.removeContainer(id)
            #expect(try await client.inspectContainer(id) == nil)
        }
        var other = container
        other.labels = ["exa_dss_test": "\(run)-other"]
        try await cleaningUp {
            _ = try await client.createContainer(container)
            let error = await diagnostic { try await client.createContainer(other) }
            #expect(error?.code == "docker.name-taken")
        }
    }

    @Test func `an image is committed, pushed, found, pulled again and removed`() async throws {
        let one = try ImageReference("\(registry)/dss/live:\(run)")
        let two = try one.tagged("latest-\(run)")
        try await cleaningUp {
            let id = try await client.createContainer(
                try await specification(
                    "commit", script: "dd if=/dev/urandom of=/fill bs=1000000 count=20"))
            try await client.start(id)
            while try await client.inspectContainer(id)?.isRunning == true {
                try await Task.sleep(for: .milliseconds(100))
            }
            var configuration = ImageConfiguration()
            configuration.entryPoint = ["/bin/sh", "-c"]
            configuration.command = ["trap 'exit 0' TERM; while :; do sleep 0.1; done"]
            configuration.labels = ["org.opencontainers.image.title": "live"]
            configuration.exposedPorts = ["8888/tcp"]
            configuration.healthCheck = ImageConfiguration.HealthCheck(
                command: "test -s /fill", intervalSeconds: 1, timeoutSeconds: 5,
                startPeriodSeconds: 0, retries: 3)
            let image = try await client.commit(
                id, as: one, configuration: configuration, message: "live test")
            let found = try #require(try await client.inspectImage(one.description))
            #expect(found.id == image)
            #expect(found.labels["org.opencontainers.image.title"] == "live")
            #expect(found.sizeBytes > 20_000_000)
            try await client.tag(image, as: two)
            try await pushAndPull(one, two)
            try await proveHealth(two)
        }
        try await client.removeImage(one.description)
        try await client.removeImage(two.description)
        try await client.removeImage(two.description)
        #expect(try await client.inspectImage(one.description) == nil)
    }

    private func pushAndPull(_ one: ImageReference, _ two: ImageReference) async throws {
        #expect(try await client.distributionDigest(one, credentials: login) == nil)
        let wrong = RegistryCredentials(
            .password(user: "nobody", Secret("wrong-\(run)")), server: registry)
        for nobody in [wrong, .anonymous] {
            let refused = await diagnostic {
                try await client.push(one, credentials: nobody) { _ in }
            }
            #expect(refused?.code == "docker.push-refused", "\(String(describing: refused))")
            #expect(refused.map { "\($0)" }?.contains("wrong-\(run)") == false)
        }
        let log = ProgressLog()
        let digest = try await client.push(one, credentials: login, onProgress: log.add)
        #expect(digest.hasPrefix("sha256:"))
        #expect(log.all.count > 2)
        #expect(log.all.last?.percent == 100)
        #expect(try await client.push(two, credentials: login) { _ in } == digest)
        #expect(try await client.distributionDigest(two, credentials: login) == digest)
        try await client.removeImage(one.description)
        try await client.removeImage(two.description)
        let pulled = ProgressLog()
        try await client.pull(two, credentials: login, onProgress: pulled.add)
        #expect(pulled.all.last?.percent == 100)
        let again = try await client.inspectImage(two.description)
        #expect(again?.repositoryDigests == ["\(two.name)@\(digest)"])
    }

    private func proveHealth(_ image: ImageReference) async throws {
        var container = try await specification("health", script: "")
        container.image = image.description
        container.entryPoint = nil
        let id = try await client.createContainer(container)
        try await client.start(id)
        for _ in 0..<300 where try await client.inspectContainer(id)?.health != .healthy {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try await client.inspectContainer(id)?.health == .healthy)
        #expect(try await client.stop(id, graceSeconds: 20) == 0)
    }

    @Test func `an image that the registry has not is an error`() async throws {
        let error = await diagnostic {
            try await client.pull(
                try ImageReference("\(registry)/dss/nosuch:\(run)"), credentials: login
            ) { _ in }
        }
        #expect(error?.code == "docker.404")
    }
}
