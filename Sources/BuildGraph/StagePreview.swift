package import JSON
package import OrderedCollections

/// What a stage would change in the world, found out without changing it.
package struct StagePreview: Sendable, Equatable {
    /// What `--json` calls the event, such as `change-set`.
    package let event: String
    /// One line.
    package let title: String
    /// A table's rows, all of one length; may be empty.
    package let rows: [[String]]
    /// The same for scripts.
    package let details: OrderedDictionary<String, JSONValue>

    /// Makes a preview.
    package init(
        event: String, title: String, rows: [[String]] = [],
        details: OrderedDictionary<String, JSONValue> = [:]
    ) {
        self.event = event
        self.title = title
        self.rows = rows
        self.details = details
    }
}
