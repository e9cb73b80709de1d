package import Foundation

/// Names one entry of the journal.
package struct JournalEntryID: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String
    /// Wraps an id.
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// One thing that a run set out to create, with all that finds it again.
package struct JournalEntry: Sendable, Equatable, Codable {
    package let entry: JournalEntryID
    package let stage: StageName
    /// The kind of thing: `ec2:image`, `ec2:export-image-task`, `cloudformation:stack`.
    package let resource: String
    package let region: String
    package let name: String?
    package let token: String?
    package let details: [String: String]
    package let assetId: String
    package let runId: String
    package let time: Date
    /// What the creating call answered; nil where the run died before it knew.
    package var id: String?
}

extension StageName: Codable {}
