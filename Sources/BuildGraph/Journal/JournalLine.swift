import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections

/// One line of the journal.
enum JournalLine {
    case intent(JournalEntry)
    case created(JournalEntryID, id: String)
    case gone(JournalEntryID)
    case kept(JournalEntryID)
    case held(JournalEntryID, JournalHold)
    case released(JournalEntryID)

    func json() throws -> JSONValue {
        switch self {
        case .intent(let entry): Self.intent(entry)
        case .created(let entry, let id):
            ["line": "created", "entry": .string(entry.rawValue), "id": .string(id)]
        case .gone(let entry): ["line": "gone", "entry": .string(entry.rawValue)]
        case .kept(let entry): ["line": "kept", "entry": .string(entry.rawValue)]
        case .held(let entry, let hold):
            [
                "line": "held", "entry": .string(entry.rawValue),
                "until": .string(Timestamp.text(hold.until)), "details": Self.json(hold.details),
            ]
        case .released(let entry): ["line": "released", "entry": .string(entry.rawValue)]
        }
    }

    /// Reads a line; nil where it is none.
    init?(_ json: JSONValue) {
        guard let text = json["entry"]?.stringValue else { return nil }
        let entry = JournalEntryID(rawValue: text)
        switch json["line"]?.stringValue {
        case "intent":
            guard let intent = Self.entry(entry, json) else { return nil }
            self = .intent(intent)
        case "created":
            guard let id = json["id"]?.stringValue else { return nil }
            self = .created(entry, id: id)
        case "gone": self = .gone(entry)
        case "kept": self = .kept(entry)
        case "held":
            guard let until = json["until"]?.stringValue.flatMap({ Timestamp.date($0) }) else {
                return nil
            }
            self = .held(
                entry, JournalHold(until: until, details: Self.details(json["details"])))
        case "released": self = .released(entry)
        default: return nil
        }
    }

    private static func intent(_ entry: JournalEntry) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "line": "intent", "entry": .string(entry.entry.rawValue),
            "stage": .string(entry.stage.rawValue), "resource": .string(entry.resource),
            "region": .string(entry.region),
        ]
        if let name = entry.name { members["name"] = .string(name) }
        if let token = entry.token { members["token"] = .string(token) }
        if !entry.details.isEmpty {
            members["details"] = Self.json(entry.details)
        }
        members["assetId"] = .string(entry.assetId)
        members["runId"] = .string(entry.runId)
        members["time"] = .string(Timestamp.text(entry.time))
        if let realm = entry.realm { members["realm"] = .string(realm.text) }
        return .object(members)
    }

    private static func json(_ details: [String: String]) -> JSONValue {
        .object(
            OrderedDictionary(
                uniqueKeysWithValues: details.sorted { $0.key < $1.key }
                    .map { ($0.key, .string($0.value)) }))
    }

    private static func details(_ json: JSONValue?) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: (json?.objectValue ?? [:]).compactMap { member in
                member.value.stringValue.map { (member.key, $0) }
            })
    }

    private static func entry(_ id: JournalEntryID, _ json: JSONValue) -> JournalEntry? {
        guard let stage = json["stage"]?.stringValue,
            let resource = json["resource"]?.stringValue,
            let region = json["region"]?.stringValue,
            let assetId = json["assetId"]?.stringValue,
            let runId = json["runId"]?.stringValue,
            let time = json["time"]?.stringValue.flatMap({ Timestamp.date($0) })
        else { return nil }
        return JournalEntry(
            entry: id, stage: StageName(rawValue: stage), resource: resource, region: region,
            name: json["name"]?.stringValue, token: json["token"]?.stringValue,
            details: details(json["details"]),
            assetId: assetId, runId: runId, time: time, id: nil,
            realm: json["realm"]?.stringValue.map { Realm($0) })
    }
}

/// The journal's bytes as unfinished entries, and what was wrong with them.
struct JournalReading {
    private(set) var entries: OrderedDictionary<JournalEntryID, JournalEntry> = [:]
    /// At most ten, and a count of the rest.
    private(set) var warnings: [String] = []
    /// Lines that a newer program may understand, as they are, and those that go on with theirs.
    private(set) var foreign: [[UInt8]] = []
    private var foreignEntries: Set<String> = []

    /// A journal is compacted by each run, so that a longer one is none.
    static let limitBytes = 16 << 20
    static let limitLines = 50_000

    /// Reads a journal.
    ///
    /// - Parameter assetId: whose it is; entries of another asset are nobody's here.
    /// - Throws: `results.journal-too-big`.
    init(_ bytes: [UInt8], location: String, assetId: String) throws {
        let lineCount = bytes.count { $0 == UInt8(ascii: "\n") }
        for (count, limit, unit) in [
            (bytes.count, Self.limitBytes, "bytes"), (lineCount, Self.limitLines, "lines"),
        ] where count > limit {
            throw Diagnostic(
                code: "results.journal-too-big", severity: .configuration,
                summary: "the journal has \(count) \(unit), more than \(limit)",
                location: "\(location)/journal.ndjson",
                hint: "look who wrote it; what `show-aws-assets` lists can be removed by `clean`")
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, bytes) in lines.enumerated() where !bytes.isEmpty {
            let source = "\(location)/journal.ndjson"
            do {
                let value = try JSONValue.parse(bytes, source: source)
                let entry = value["entry"]?.stringValue ?? ""
                let line = JournalLine(value)
                if line == nil || foreignEntries.contains(entry) {
                    foreign.append(Array(bytes))
                    foreignEntries.insert(entry)
                }
                guard let line else {
                    warnings.append("\(source):\(number + 1): no line of a journal; passed over")
                    continue
                }
                if case .intent(let entry) = line, entry.assetId != assetId {
                    warnings.append(
                        "\(source):\(number + 1): is of asset `\(entry.assetId)`; passed over")
                    continue
                }
                take(line)
            } catch {
                warnings.append(
                    "\(source):\(number + 1): a line that a crash tore; passed over")
            }
        }
        warnings = FewOfMany.lines(warnings)
    }

    private mutating func take(_ line: JournalLine) {
        switch line {
        case .intent(let entry): entries[entry.entry] = entry
        case .created(let entry, let id): entries[entry]?.id = id
        case .gone(let entry), .kept(let entry): entries[entry] = nil
        case .held(let entry, let hold): entries[entry]?.hold = hold
        case .released(let entry): entries[entry]?.hold = nil
        }
    }
}
