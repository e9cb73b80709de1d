import JSON

/// What an image says of how it is run; nil leaves what the container had.
///
/// Source: <https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Image/operation/ImageCommit>
package struct ImageConfiguration: Sendable, Equatable {
    /// A command that says inside the container whether the program is well.
    package struct HealthCheck: Sendable, Equatable {
        /// Run through the shell; status 0 means well.
        package var command: String
        /// Between two checks.
        package var intervalSeconds: Double
        /// Longest time of one check.
        package var timeoutSeconds: Double
        /// In which failed checks do not count.
        package var startPeriodSeconds: Double
        /// So many failed checks in a row mean unwell.
        package var retries: Int

        /// Makes one.
        package init(
            command: String, intervalSeconds: Double, timeoutSeconds: Double,
            startPeriodSeconds: Double, retries: Int
        ) {
            self.command = command
            self.intervalSeconds = intervalSeconds
            self.timeoutSeconds = timeoutSeconds
            self.startPeriodSeconds = startPeriodSeconds
            self.retries = retries
        }
    }

    /// What is started.
    package var entryPoint: [String]?
    /// What the entry point is given.
    package var command: [String]?
    /// Who starts it.
    package var user: String?
    /// Where.
    package var workingFolder: String?
    /// Variables, added to the container's.
    package var environment: [String: String] = [:]
    /// Such as `8888/tcp`, added to the container's.
    package var exposedPorts: [String] = []
    /// Added to the container's.
    package var labels: [String: String] = [:]
    /// Folders that live outside of the image's layers, added to the container's.
    package var volumes: [String] = []
    /// What asks the program to end, such as `SIGTERM`.
    package var stopSignal: String?
    /// How to see whether it is well.
    package var healthCheck: HealthCheck?

    /// Makes one that leaves everything; see the properties.
    package init() {}

    /// The request's body.
    var body: JSONValue {
        var members: [(String, JSONValue)] = []
        let list = { (texts: [String]) in JSONValue.array(texts.map { .string($0) }) }
        let set = { (texts: [String]) in JSONValue(members: texts.map { ($0, [:]) }) }
        if let entryPoint { members.append(("Entrypoint", list(entryPoint))) }
        if let command { members.append(("Cmd", list(command))) }
        if let user { members.append(("User", .string(user))) }
        if let workingFolder { members.append(("WorkingDir", .string(workingFolder))) }
        if !environment.isEmpty {
            let sorted = environment.sorted { $0.key < $1.key }
            members.append(("Env", list(sorted.map { "\($0.key)=\($0.value)" })))
        }
        if !exposedPorts.isEmpty { members.append(("ExposedPorts", set(exposedPorts))) }
        if !labels.isEmpty { members.append(("Labels", JSONValue(texts: labels))) }
        if !volumes.isEmpty { members.append(("Volumes", set(volumes))) }
        if let stopSignal { members.append(("StopSignal", .string(stopSignal))) }
        if let healthCheck { members.append(("Healthcheck", Self.body(of: healthCheck))) }
        return JSONValue(members: members)
    }

    private static func body(of check: HealthCheck) -> JSONValue {
        let nanoseconds = { (seconds: Double) in JSONValue.integer(Int64(seconds * 1e9)) }
        return [
            "Test": ["CMD-SHELL", .string(check.command)],
            "Interval": nanoseconds(check.intervalSeconds),
            "Timeout": nanoseconds(check.timeoutSeconds),
            "StartPeriod": nanoseconds(check.startPeriodSeconds),
            "Retries": .integer(Int64(check.retries)),
        ]
    }
}
