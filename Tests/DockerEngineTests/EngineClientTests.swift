import Diagnostics
import HTTP
import JSON
import TestSupport
import Testing

@testable import DockerEngine

/// Single calls, against answers as Docker 20.10 gives them.
@Suite(.timeLimit(.minutes(30)))
struct EngineClientTests {
    private typealias Step = ScriptedEngine.Step

    @Test func `the lower of both API versions is spoken`() async throws {
        for (offered, spoken) in [("1.41", "1.41"), ("1.40", "1.40"), ("1.52", "1.44")] {
            let engine = try ScriptedEngine(
                [
                    Step(
                        request: "GET /v\(spoken)/networks/bridge",
                        answer: .json(200, #"{"Name":"bridge"}"#))
                ],
                apiVersion: offered)
            #expect(try await engine.client.hasNetwork("bridge"))
        }
        let engine = try ScriptedEngine([])
        let description = try await engine.client.ping()
        #expect(description.server == "Docker/20.10.24+dfsg1 (linux)")
        #expect(description.apiVersion.description == "1.41")
        #expect(description.address.hasPrefix("unix:///tmp/"))
    }

    @Test func `an engine that is too old is refused, and one that says no version`() async throws {
        let old = try ScriptedEngine([], apiVersion: "1.39")
        let error = await diagnostic { try await old.client.ping() }
        #expect(error?.code == "docker.version")
        #expect(error?.severity == .configuration)
        let other = try ScriptedEngine([], apiVersion: "x")
        #expect(await diagnostic { try await other.client.ping() }?.code == "docker.wire")
    }

    @Test func `an engine that is too new says so`() async throws {
        let engine = try ScriptedEngine([
            Step(
                request: "GET /v1.41/networks/x",
                answer: .json(
                    400,
                    #"{"message":"client version 1.44 is too old. Minimum supported API"}"#))
        ])
        let error = await diagnostic { try await engine.client.hasNetwork("x") }
        #expect(error?.code == "docker.version")
    }

    @Test func `an image is described, or is not there`() async throws {
        let engine = try ScriptedEngine([
            Step(
                request: "GET /v1.41/images/127.0.0.1:5055/dss/x:1/json",
                answer: .json(
                    200,
                    """
                    {"Id":"sha256:1ca4","RepoTags":["127.0.0.1:5055/dss/x:1"],"RepoDigests":[],
                    "Size":22953890,"Config":{"Labels":{"x":"y"},"Entrypoint":null}}
                    """)),
            Step(
                request: "GET /v1.41/images/nosuch:1/json",
                answer: .json(
                    404, #"{"message":"no such image: nosuch:1: No such image: nosuch:1"}"#)),
        ])
        let image = try await engine.client.inspectImage("127.0.0.1:5055/dss/x:1")
        #expect(
            image
                == EngineImage(
                    id: "sha256:1ca4", tags: ["127.0.0.1:5055/dss/x:1"], sizeBytes: 22_953_890,
                    labels: ["x": "y"]))
        #expect(try await engine.client.inspectImage("nosuch:1") == nil)
    }

    @Test func `a container lives and goes`() async throws {
        let inspected = """
            {"Id":"77","Name":"/t1","State":{"Running":false,"ExitCode":137,"Health":{"Status":
            "unhealthy","Log":[{"Output":"a"},{"Output":"b"}]}},"Config":{"Labels":{"k":"v"}}}
            """
        let engine = try ScriptedEngine([
            Step(
                request: "POST /v1.41/containers/create?name=t1",
                answer: .json(201, #"{"Id":"77","Warnings":[]}"#)),
            Step(request: "POST /v1.41/containers/77/start", answer: .empty(204)),
            Step(request: "POST /v1.41/containers/77/start", answer: .empty(304)),
            Step(request: "POST /v1.41/containers/77/stop?t=5", answer: .empty(204)),
            Step(request: "GET /v1.41/containers/77/json", answer: .json(200, inspected)),
            Step(request: "GET /v1.41/containers/t1/json", answer: .json(200, inspected)),
            Step(request: "DELETE /v1.41/containers/77?force=1&v=1", answer: .empty(204)),
            Step(
                request: "DELETE /v1.41/containers/77?force=1&v=1",
                answer: .json(404, #"{"message":"No such container: 77"}"#)),
            Step(request: "GET /v1.41/containers/77/json", answer: .json(404, "{}")),
        ])
        let client = engine.client
        let id = try await client.createContainer(
            ContainerSpecification(
                name: "t1", image: "x:1", command: ["sleep", "9"], labels: ["k": "v"],
                networkMode: "host"))
        #expect(id == "77")
        #expect(
            engine.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
                == #"{"Image":"x:1","Tty":false,"Cmd":["sleep","9"],"Labels":{"k":"v"},"#
                + #""HostConfig":{"NetworkMode":"host"}}"#)
        try await client.start(id)
        try await client.start(id)
        #expect(try await client.stop(id, graceSeconds: 5) == 137)
        #expect(
            try await client.inspectContainer("t1")
                == ContainerState(
                    id: "77", name: "t1", isRunning: false, exitCode: 137, health: .unhealthy,
                    healthOutput: "b", labels: ["k": "v"]))
        try await client.removeContainer(id)
        try await client.removeContainer(id)
        #expect(try await client.inspectContainer(id) == nil)
    }

    @Test func `a container whose answer was lost is found by its name`() async throws {
        let create = "POST /v1.41/containers/create?name=t1"
        let conflict = Step(request: create, answer: .json(409, #"{"message":"Conflict."}"#))
        for (labels, isOurs) in [(#"{"run":"1","x":"y"}"#, true), (#"{"run":"2"}"#, false)] {
            let engine = try ScriptedEngine([
                Step(request: create, answer: .hangUp), conflict,
                Step(
                    request: "GET /v1.41/containers/t1/json",
                    answer: .json(200, #"{"Id":"77","Config":{"Labels":\#(labels)}}"#)),
            ])
            let specification = ContainerSpecification(
                name: "t1", image: "x:1", labels: ["run": "1"], networkMode: "bridge")
            if isOurs {
                #expect(try await engine.client.createContainer(specification) == "77")
            } else {
                let error = await diagnostic {
                    try await engine.client.createContainer(specification)
                }
                #expect(error?.code == "docker.name-taken")
            }
        }
    }

    @Test func `containers are found by a label`() async throws {
        let filters = "%7B%22label%22%3A%5B%22exa_dss_run%3Dr%22%5D%7D"
        let engine = try ScriptedEngine([
            Step(
                request: "GET /v1.41/containers/json?all=1&filters=\(filters)",
                answer: .json(
                    200,
                    """
                    [{"Id":"b7","Names":["/t2"],"Labels":{"exa_dss_run":"r"},"State":"created"},
                    {"Id":"b8","Names":["/t3"],"Labels":null,"State":"running"}]
                    """))
        ])
        let found = try await engine.client.findContainers(label: "exa_dss_run", value: "r")
        #expect(
            found == [
                ContainerState(
                    id: "b7", name: "t2", isRunning: false, labels: ["exa_dss_run": "r"]),
                ContainerState(id: "b8", name: "t3", isRunning: true),
            ])
    }

    @Test func `the log's frames are put together`() async throws {
        let frames: [UInt8] =
            [1, 0, 0, 0, 0, 0, 0, 3] + Array("hi\n".utf8) + [2, 0, 0, 0, 0, 0, 0, 4]
            + Array("err\n".utf8) + [1, 0, 0, 0, 0, 0, 0, 9] + Array("cut".utf8)
        let request = "GET /v1.41/containers/t/logs?stdout=1&stderr=1&tail=20"
        for (bytes, text) in [(frames, "hi\nerr\ncut"), (Array("plain".utf8), "plain"), ([], "")] {
            let engine = try ScriptedEngine([Step(request: request, answer: .bytes(bytes))])
            #expect(try await engine.client.logTail("t", lines: 20) == text)
        }
    }

    @Test func `a commit says how the image is run, and is made once`() async throws {
        let request =
            "POST /v1.41/commit?container=77&repo=h%3A1%2Fx&tag=1&comment=a%20b&pause=1"
        let engine = try ScriptedEngine([
            Step(request: request, answer: .json(201, #"{"Id":"sha256:9"}"#)),
            Step(request: request, answer: .hangUp),
        ])
        var configuration = ImageConfiguration()
        configuration.entryPoint = ["/a", "--"]
        configuration.command = []
        configuration.environment = ["B": "2", "A": "1"]
        configuration.exposedPorts = ["8888/tcp"]
        configuration.healthCheck = ImageConfiguration.HealthCheck(
            command: "true", intervalSeconds: 1.5, timeoutSeconds: 3, startPeriodSeconds: 0,
            retries: 3)
        let commit = {
            try await engine.client.commit(
                "77", as: try ImageReference("h:1/x:1"), configuration: configuration,
                message: "a b")
        }
        #expect(try await commit() == "sha256:9")
        #expect(
            engine.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
                == #"{"Entrypoint":["/a","--"],"Cmd":[],"Env":["A=1","B=2"],"#
                + #""ExposedPorts":{"8888/tcp":{}},"Healthcheck":{"Test":["CMD-SHELL","true"],"#
                + #""Interval":1500000000,"Timeout":3000000000,"StartPeriod":0,"Retries":3}}"#)
        let error = await diagnostic(commit)
        #expect(error?.isOutcomeUnknown == true)
        #expect(engine.requests.count == 2)
    }

    @Test func `a name is given and taken away`() async throws {
        let engine = try ScriptedEngine([
            Step(
                request: "POST /v1.41/images/sha256:9/tag?repo=dss%2Fx&tag=latest",
                answer: .empty(201)),
            Step(request: "DELETE /v1.41/images/dss/x:latest", answer: .json(200, "[]")),
            Step(
                request: "DELETE /v1.41/images/dss/x:latest",
                answer: .json(404, #"{"message":"No such image: dss/x:latest"}"#)),
        ])
        let reference = try ImageReference("dss/x")
        try await engine.client.tag("sha256:9", as: reference)
        try await engine.client.removeImage(reference.withDefaultTag.description)
        try await engine.client.removeImage(reference.withDefaultTag.description)
    }

    @Test func `a refusal tells the engine's words under a code of its status`() async throws {
        let engine = try ScriptedEngine([
            Step(
                request: "POST /v1.41/containers/t/start",
                answer: .json(500, #"{"message":"OCI runtime create failed"}"#))
        ])
        let error = await diagnostic { try await engine.client.start("t") }
        #expect(error?.code == "docker.500")
        #expect(error?.isTrouble == true)
        #expect(error?.causes.first?.contains("OCI runtime create failed") == true)
        #expect(error?.hint != nil)
    }

    @Test func `a call that changes nothing is made again over a lost connection`() async throws {
        let request = "GET /v1.41/networks/bridge"
        let lost = Step(request: request, answer: .hangUp)
        let busy = Step(request: request, answer: .json(503, "{}"))
        let engine = try ScriptedEngine(
            [lost, busy, Step(request: request, answer: .json(404, "{}"))])
        #expect(try await engine.client.hasNetwork("bridge") == false)
    }

    @Test func `an engine that is not there says how to start or name it`() async {
        let path = LoopbackServer.freshSocketPath()
        let client = DockerEngineClient(
            transport: CurlTransport(CurlTransport.Configuration(version: "1", environment: [:])),
            time: TestClock()
        ) { DockerHost(address: .unixSocket(path), origin: "`DOCKER_HOST`") }
        let error = await diagnostic { try await client.ping() }
        #expect(error?.code == "docker.unreachable")
        #expect(error?.summary.contains(path) == true)
        #expect(error?.causes == ["there is no such socket"])
        #expect(error?.hint?.contains("DOCKER_HOST") == true)
    }

    @Test func `a socket that may not be opened says how to be let in`() {
        let failure = EngineFailure(
            call: .reading(.path("/x"), purpose: "answer"),
            host: DockerHost(address: .unixSocket("/s"), origin: "the test"))
        let refused = HTTPFailure(
            kind: .connectionRefused, message: "m", host: "/s", requestMayHaveReachedServer: false)
        let error = failure.lost(refused, socket: .forbidden)
        #expect(error.causes == ["permission denied"])
        #expect(error.hint?.contains("group `docker`") == true)
        #expect(failure.lost(refused, socket: .there).causes == ["nobody listens on that socket"])
    }
}
