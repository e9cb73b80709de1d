import Diagnostics
import HTTP
import JSON

extension DockerEngineClient {
    package func hasNetwork(_ name: String) async throws -> Bool {
        let call = ServerCall.reading(
            .path("/networks/\(PercentEncoding.encode(name))"),
            purpose: "look at the network `\(name)`",
            answers: [404])
        return try await json(call) { value, failure in
            guard value["Name"] != nil else { throw failure.garbled("it names no network") }
            return true
        } ?? false
    }

    package func createContainer(_ specification: ContainerSpecification) async throws -> String {
        let name = specification.name
        let purpose = "create the container `\(name)`"
        let create = ServerCall(
            method: "POST", .path("/containers/create"), query: [("name", name)],
            json: specification.body, purpose: purpose,
            // The name is unique: a second time finds what the first has made.
            isRepeatable: true, limitSeconds: 180, answers: [409])
        let made = try await answer(to: create) { response, failure -> Result<String, Diagnostic> in
            if response.status == 409 {
                return .failure(failure.refused(response.status, response.body))
            }
            let value = try? JSONValue.parse(response.body, source: "answer")
            guard let id = value?["Id"]?.stringValue else {
                throw failure.garbled("it names no id")
            }
            return .success(id)
        }
        if case .success(let id) = made { return id }
        // Gone meanwhile, or another conflict.
        guard let found = try await inspectContainer(name) else { return try made.get() }
        guard specification.labels.allSatisfy({ found.labels[$0.key] == $0.value }) else {
            throw Diagnostic(
                code: "docker.name-taken",
                summary: "the Docker engine does not \(purpose): the name is taken",
                causes: ["container \(found.id.prefix(12)) has it, which is not this run's"],
                hint: "remove it with `docker rm --force \(name)`, then run the command again")
        }
        return found.id
    }

    package func start(_ container: String) async throws {
        try await acknowledged(
            ServerCall(
                method: "POST", .path(Self.path(container, "/start")),
                purpose: "start the container `\(container)`", isRepeatable: true,
                limitSeconds: 180, answers: [304]))
    }

    package func stop(_ container: String, graceSeconds: Int) async throws -> Int {
        let call = ServerCall(
            method: "POST", .path(Self.path(container, "/stop")),
            query: [("t", String(graceSeconds))], purpose: "stop the container `\(container)`",
            isRepeatable: true, limitSeconds: Double(graceSeconds) + 60, answers: [304])
        try await acknowledged(call)
        guard let status = try await inspectContainer(container)?.exitCode else {
            throw try await failure(call).garbled("the container has no exit status")
        }
        return status
    }

    package func inspectContainer(_ container: String) async throws -> ContainerState? {
        let call = ServerCall.reading(
            .path(Self.path(container, "/json")), purpose: "look at the container `\(container)`",
            answers: [404])
        return try await json(call) { value, failure in
            guard let state = ContainerState(inspected: value) else {
                throw failure.garbled("it names no id")
            }
            return state
        }
    }

    package func logTail(_ container: String, lines: Int) async throws -> String {
        let call = ServerCall.reading(
            .path(Self.path(container, "/logs")),
            query: [("stdout", "1"), ("stderr", "1"), ("tail", String(lines))],
            purpose: "show the log of the container `\(container)`")
        return try await answer(to: call) { response, _ in LogFrames.text(response.body) }
    }

    package func removeContainer(_ container: String) async throws {
        try await acknowledged(
            ServerCall(
                method: "DELETE", .path(Self.path(container, "")),
                query: [("force", "1"), ("v", "1")],
                purpose: "remove the container `\(container)`", isRepeatable: true,
                limitSeconds: 300, answers: [404]))
    }

    package func findContainers(
        label: String, value: String?
    ) async throws -> [ContainerState] {
        let wanted = label + (value.map { "=\($0)" } ?? "")
        let filters: JSONValue = ["label": [.string(wanted)]]
        let call = ServerCall.reading(
            .path("/containers/json"), query: [("all", "1"), ("filters", filters.compactText)],
            purpose: "list containers")
        let found = try await json(call) { value, failure in
            guard let list = value.arrayValue else { throw failure.garbled("it is no list") }
            return list.compactMap { ContainerState(listed: $0) }
        }
        return found ?? []
    }

    private static func path(_ container: String, _ rest: String) -> String {
        "/containers/\(PercentEncoding.encode(container))\(rest)"
    }
}
