package import FoundationEssentials
import JSON
import OrderedCollections

/// Names one entry of the journal.
package struct JournalEntryID: RawRepresentable, Hashable, Sendable, Codable {
    /// The id as it is written.
    package let rawValue: String
    /// Wraps an id.
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// What a run wrote down of a thing that it left standing on purpose, for the next run to go on
/// with.
package struct JournalHold: Sendable, Equatable, Codable {
    /// Until when it is left alone; afterwards it is a leftover like any other.
    package let until: Date
    /// What the next run needs in order to go on (never a secret).
    package let details: [String: String]

    /// Makes one; see the properties.
    package init(until: Date, details: [String: String]) {
        self.until = until
        self.details = details
    }
}

/// One thing that a run set out to create, with all that finds it again.
package struct JournalEntry: Sendable, Equatable, Codable {
    /// The entry itself.
    package let entry: JournalEntryID
    /// Whose it is.
    package let stage: StageName
    /// The kind of thing: `ec2:image`, `ec2:export-image-task`, `cloudformation:stack`.
    package let resource: String
    /// Where it was to be created.
    package let region: String
    /// The name that finds it again.
    package let name: String?
    /// The client token of the creating call.
    package let token: String?
    /// Anything else that finds or removes it.
    package let details: [String: String]
    /// The asset that it is for.
    package let assetId: String
    /// The run that set out to create it.
    package let runId: String
    /// When the intent was written.
    package let time: Date
    /// What the creating call answered; nil where the run died before it knew.
    package var id: String?
    /// Whose it is; nil where a program wrote it that knew of no realms.
    package var realm: Realm?
    /// Why a run left it standing on purpose; nil where nobody did.
    package var hold: JournalHold?

    /// Makes one; see the properties.
    package init(
        entry: JournalEntryID, stage: StageName, resource: String, region: String, name: String?,
        token: String?, details: [String: String], assetId: String, runId: String, time: Date,
        id: String?, realm: Realm? = nil
    ) {
        self.entry = entry
        self.stage = stage
        self.resource = resource
        self.region = region
        self.name = name
        self.token = token
        self.details = details
        self.assetId = assetId
        self.runId = runId
        self.time = time
        self.id = id
        self.realm = realm
    }
}

extension JournalEntry {
    /// Whether it is left alone, since somebody wants to go on with it: for a day at most, whatever
    /// the journal says.
    package func isHeld(at now: Date) -> Bool {
        hold.map { now < min($0.until, time.addingTimeInterval(Self.longestHoldSeconds)) } ?? false
    }

    private static let longestHoldSeconds = 86_400.0

    /// Whether the run that wrote it has since recorded its thing as an output.
    func isRecorded(in record: ResultRecord) -> Bool {
        record.everyGood.contains { run in
            run.runId == runId && [id, name].contains { run.outputs?.holds($0) ?? false }
        }
    }
}

extension JSONValue {
    /// Whether it is this text, or holds it however deep.
    fileprivate func holds(_ text: String?) -> Bool {
        guard let text else { return false }
        return switch self {
        case .string(let own): own == text
        case .array(let elements): elements.contains { $0.holds(text) }
        case .object(let members): members.values.contains { $0.holds(text) }
        default: false
        }
    }
}

extension StageName: Codable {}

/// The kinds of things that a product's journal speaks of, by the texts that it writes for them.
///
/// The journal itself only compares and keeps the texts: it may hold those of other versions.
package protocol JournalKind: RawRepresentable, Sendable where RawValue == String {}

/// Where entries of a journal are ended: the journal itself, or one stage's door to it.
package protocol JournalEnding: Sendable {
    /// Writes down that it is gone for certain, or never came to be.
    func gone(_ entry: JournalEntryID) async throws
    /// Ends an entry without saying that its thing is gone.
    func forget(_ entry: JournalEntryID) async throws
}

extension Journal: JournalEnding {}
