package import JSON

/// What a stage would change in the world, found out without changing it.
package struct StagePreview: Sendable, Equatable {
    /// What `--json` calls the event, such as `change-set`.
    package let event: String
    /// One line.
    package let title: String
    /// A table's rows, all of one length; may be empty.
    package let rows: [[String]]
    /// The same for scripts: an object, whose members the event gets.
    package let details: JSONValue

    /// Makes a preview.
    package init(
        event: String, title: String, rows: [[String]] = [],
        details: JSONValue = [:]
    ) {
        self.event = event
        self.title = title
        self.rows = rows
        self.details = details
    }
}
