import Diagnostics
import HTTP
import JSON

extension DockerEngineClient {
    package func hasNetwork(_ name: String) async throws -> Bool {
        let call = EngineCall.reading(
            "/networks/\(PercentEncoding.encode(name))", purpose: "look at the network `\(name)`",
            absentIsNil: true)
        return try await json(call) != nil
    }

    package func createContainer(_ specification: ContainerSpecification) async throws -> String {
        let name = specification.name
        let purpose = "create the container `\(name)`"
        let create = EngineCall(
            method: "POST", path: "/containers/create", query: [("name", name)],
            body: specification.body, purpose: purpose,
            // The name is unique: a second time finds what the first has made.
            isRepeatable: true, limitSeconds: 180, answers: [409])
        let response = try await answer(to: create)
        if response.status != 409 {
            let value = try? JSONValue.parse(response.body, source: "answer")
            guard let id = value?["Id"]?.stringValue else {
                throw try await failure(create).garbled("it names no id")
            }
            return id
        }
        guard let found = try await inspectContainer(name) else {
            // Gone meanwhile, or another conflict.
            throw try await failure(create).refused(response.status, response.body)
        }
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
        _ = try await answer(
            to: EngineCall(
                method: "POST", path: Self.path(container, "/start"),
                purpose: "start the container `\(container)`", isRepeatable: true,
                limitSeconds: 180, answers: [304]))
    }

    package func stop(_ container: String, graceSeconds: Int) async throws -> Int {
        let call = EngineCall(
            method: "POST", path: Self.path(container, "/stop"),
            query: [("t", String(graceSeconds))], purpose: "stop the container `\(container)`",
            isRepeatable: true, limitSeconds: Double(graceSeconds) + 60, answers: [304])
        _ = try await answer(to: call)
        guard let status = try await inspectContainer(container)?.exitCode else {
            throw try await failure(call).garbled("the container has no exit status")
        }
        return status
    }

    package func inspectContainer(_ container: String) async throws -> ContainerState? {
        let call = EngineCall.reading(
            Self.path(container, "/json"), purpose: "look at the container `\(container)`",
            absentIsNil: true)
        guard let value = try await json(call) else { return nil }
        guard let state = ContainerState(inspected: value) else {
            throw try await failure(call).garbled("it names no id")
        }
        return state
    }

    package func logTail(_ container: String, lines: Int) async throws -> String {
        let call = EngineCall.reading(
            Self.path(container, "/logs"),
            query: [("stdout", "1"), ("stderr", "1"), ("tail", String(lines))],
            purpose: "show the log of the container `\(container)`")
        return LogFrames.text(try await answer(to: call).body)
    }

    package func removeContainer(_ container: String) async throws {
        _ = try await answer(
            to: EngineCall(
                method: "DELETE", path: Self.path(container, ""),
                query: [("force", "1"), ("v", "1")],
                purpose: "remove the container `\(container)`", isRepeatable: true,
                limitSeconds: 300, answers: [404]))
    }

    package func findContainers(
        label: String, value: String?
    ) async throws -> [ContainerState] {
        let wanted = label + (value.map { "=\($0)" } ?? "")
        let filters: JSONValue = ["label": [.string(wanted)]]
        let call = EngineCall.reading(
            "/containers/json", query: [("all", "1"), ("filters", filters.compactText)],
            purpose: "list containers")
        guard let list = try await json(call)?.arrayValue else {
            throw try await failure(call).garbled("it is no list")
        }
        return list.compactMap { ContainerState(listed: $0) }
    }

    private static func path(_ container: String, _ rest: String) -> String {
        "/containers/\(PercentEncoding.encode(container))\(rest)"
    }
}
