import JSON

/// A container to create.
package struct ContainerSpecification: Sendable, Equatable {
    /// Letters, digits, `_`, `.` and `-`; unique within an engine.
    package var name: String
    /// The image's id or reference.
    package var image: String
    /// What runs instead of the image's command; nil for the image's.
    package var command: [String]?
    /// What runs instead of the image's entry point; nil for the image's.
    package var entryPoint: [String]?
    /// Who runs it; nil for the image's user.
    package var user: String?
    /// What finds it again.
    package var labels: [String: String]
    /// `bridge`, `host`, `none` or a network's name.
    package var networkMode: String

    /// Makes one.
    package init(
        name: String, image: String, command: [String]? = nil, entryPoint: [String]? = nil,
        user: String? = nil, labels: [String: String], networkMode: String
    ) {
        self.name = name
        self.image = image
        self.command = command
        self.entryPoint = entryPoint
        self.user = user
        self.labels = labels
        self.networkMode = networkMode
    }

    /// The request's body; without a terminal, so that its output stays apart.
    var body: JSONValue {
        var members: [(String, JSONValue)] = [("Image", .string(image)), ("Tty", false)]
        if let command { members.append(("Cmd", .array(command.map { .string($0) }))) }
        if let entryPoint {
            members.append(("Entrypoint", .array(entryPoint.map { .string($0) })))
        }
        if let user { members.append(("User", .string(user))) }
        members.append(("Labels", JSONValue(texts: labels)))
        members.append(("HostConfig", ["NetworkMode": .string(networkMode)]))
        return JSONValue(members: members)
    }
}
