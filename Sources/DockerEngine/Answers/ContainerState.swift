import JSON

/// A container as the engine sees it.
package struct ContainerState: Sendable, Equatable {
    /// What a health check has found.
    package enum Health: String, Sendable {
        case starting
        case healthy
        case unhealthy
    }

    /// 64 hexadecimal digits.
    package var id: String
    /// Without the slash that the engine puts before it.
    package var name: String
    /// Whether its program runs.
    package var isRunning: Bool
    /// The program's exit status once it has ended; nil where it is not asked for (in lists).
    package var exitCode: Int?
    /// Nil where nothing checks it.
    package var health: Health?
    /// What the last check wrote.
    package var healthOutput: String
    /// Whatever it was given.
    package var labels: [String: String]

    /// Makes one.
    package init(
        id: String, name: String, isRunning: Bool, exitCode: Int? = nil, health: Health? = nil,
        healthOutput: String = "", labels: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        self.isRunning = isRunning
        self.exitCode = exitCode
        self.health = health
        self.healthOutput = healthOutput
        self.labels = labels
    }

    /// Reads the answer on one container; nil where it has no id.
    init?(inspected value: JSONValue) {
        guard let id = value["Id"]?.stringValue else { return nil }
        let state = value["State"]
        let health = state?["Health"]
        self.init(
            id: id, name: Self.name(value["Name"]), isRunning: state?["Running"] == .bool(true),
            exitCode: state?["ExitCode"]?.integerValue.map { Int($0) },
            health: health?["Status"]?.stringValue.flatMap { Health(rawValue: $0) },
            healthOutput: health?["Log"]?.arrayValue?.last?["Output"]?.stringValue ?? "",
            labels: value["Config"]?["Labels"]?.textMembers ?? [:])
    }

    /// Reads an element of a list; nil where it has no id.
    init?(listed value: JSONValue) {
        guard let id = value["Id"]?.stringValue else { return nil }
        self.init(
            id: id, name: Self.name(value["Names"]?.arrayValue?.first),
            isRunning: value["State"]?.stringValue == "running",
            labels: value["Labels"]?.textMembers ?? [:])
    }

    private static func name(_ value: JSONValue?) -> String {
        let name = value?.stringValue ?? ""
        return name.hasPrefix("/") ? String(name.dropFirst()) : name
    }
}
