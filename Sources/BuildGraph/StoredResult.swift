/// What the store has of one stage.
package enum StoredResult: Sendable, Equatable {
    case record(ResultRecord)
    /// There is a file, and it cannot be understood: why.
    case unreadable(String)

    /// The record, where there is a readable one.
    package var record: ResultRecord? { if case .record(let record) = self { record } else { nil } }
}
