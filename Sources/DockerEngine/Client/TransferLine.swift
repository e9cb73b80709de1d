import JSON

/// One line of what the engine says while it pulls or pushes.
struct TransferLine: Sendable, Equatable {
    var status = ""
    /// The layer's short id, or the tag in a pull's first line.
    var id: String?
    var currentBytes: Int64?
    var totalBytes: Int64?
    /// The registry's or the engine's words for why it ended.
    var error: String?
    /// The manifest that a push has made.
    var digest: String?
    /// Whether the line has the field that lines on layers have.
    var concernsLayer = false

    init(_ value: JSONValue) {
        status = value["status"]?.stringValue ?? ""
        id = value["id"]?.stringValue
        currentBytes = value["progressDetail"]?["current"]?.integerValue
        totalBytes = value["progressDetail"]?["total"]?.integerValue
        error = value["errorDetail"]?["message"]?.stringValue ?? value["error"]?.stringValue
        digest = value["aux"]?["Digest"]?.stringValue
        concernsLayer = value["progressDetail"] != nil
    }
}
