import Diagnostics
package import JSON
import OrderedCollections

extension ResultRecord {
    /// The name and version of the form; another one is not understood.
    package static let schema = "dssbatch.result/1"

    /// The result file's contents.
    ///
    /// Written by hand and not through `Codable`, because a plan
    /// over thousands of stages spends most of its time reading these.
    package var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "schema": .string(Self.schema),
            "stage": .string(stage.rawValue),
            "assetId": .string(assetId),
            "status": .string(status.rawValue),
        ]
        if let realm { members["realm"] = .string(realm.text) }
        if let error { members["error"] = error.json }
        members.merge(run.members) { first, _ in first }
        if let previous { members["previous"] = .object(previous.members) }
        if !history.isEmpty { members["history"] = .array(history.map { .object($0.members) }) }
        if !replaced.isEmpty {
            members["replaced"] = .array(replaced.map { .object($0.members) })
        }
        return .object(members)
    }

    /// Reads a result file's contents.
    ///
    /// Unknown members are passed over: files are only ever added to, and an older tool must
    /// still read them.
    ///
    /// - Throws: `results.unreadable`, whose summary says what is wrong; `results.newer`, severity
    ///   `.configuration`, for a later version of the form.
    package init(json: JSONValue) throws {
        let reader = try RecordReader(json)
        let schema = try reader.text("schema")
        guard schema == Self.schema else {
            if Self.isNewer(schema) { throw Self.newer(schema) }
            throw RecordReader.problem("its schema is `\(schema)`, not `\(Self.schema)`")
        }
        guard let status = Status(rawValue: try reader.text("status")) else {
            throw RecordReader.problem("`status` is neither `succeeded` nor `failed`")
        }
        self.status = status
        stage = StageName(rawValue: try reader.text("stage"))
        assetId = try reader.text("assetId")
        run = try RecordedRun(reader)
        guard status == .failed || run.outputs != nil else {
            throw RecordReader.problem("`outputs` is missing")
        }
        if let error = try reader.object("error") {
            self.error = RecordedError(
                code: try error.text("code"), message: try error.text("message"),
                causes: (error.members["causes"]?.arrayValue ?? []).compactMap(\.stringValue),
                location: error.optionalText("location"),
                hint: error.optionalText("hint"), log: error.optionalText("log"))
        }
        previous = try reader.object("previous").map { try RecordedRun($0) }
        history = try reader.objects("history").map { try RecordedRun($0) }
        replaced = try reader.objects("replaced").map { try RecordedRun($0) }
        realm = reader.optionalText("realm").map { Realm($0) }
    }
}

extension ResultRecord {
    /// The code of the error for what a newer program wrote.
    static let newerCode = "results.newer"

    private static func isNewer(_ other: String) -> Bool {
        let (own, others) = (schema.split(separator: "/"), other.split(separator: "/"))
        guard own.count == 2, others.count == 2, own[0] == others[0], let mine = Int(own[1]),
            let theirs = Int(others[1])
        else { return false }
        return theirs > mine
    }

    /// Not taken for spoiled: the stage would run again, and take away what is published.
    private static func newer(_ schema: String) -> Diagnostic {
        Diagnostic(
            code: newerCode, severity: .configuration,
            summary: "a result was written by a newer dssbatch: its schema is `\(schema)`, and "
                + "this program knows `\(Self.schema)`",
            hint: "use the version that wrote it, or name another place with `--results`")
    }
}

extension RecordedError {
    /// What a result file, `status` and `why` say of it.
    package var json: JSONValue {
        var parts: OrderedDictionary<String, JSONValue> = [
            "code": .string(code), "message": .string(message),
        ]
        if !causes.isEmpty { parts["causes"] = .array(causes.map { .string($0) }) }
        if let location { parts["location"] = .string(location) }
        if let hint { parts["hint"] = .string(hint) }
        if let log { parts["log"] = .string(log) }
        return .object(parts)
    }
}

extension RecordedRun {
    var members: OrderedDictionary<String, JSONValue> {
        var members: OrderedDictionary<String, JSONValue> = [
            "key": .string(key), "inputs": Self.sorted(inputs) { .string($0) },
        ]
        if let outputs { members["outputs"] = outputs }
        members["startedAt"] = .string(startedAt)
        members["finishedAt"] = .string(finishedAt)
        members["seconds"] = .number((seconds * 1000).rounded() / 1000)
        members["runId"] = .string(runId)
        members["tool"] = .string(tool)
        if let by { members["by"] = ["user": .string(by.user), "host": .string(by.host)] }
        members["settings"] = Self.sorted(settings) { $0 }
        members["revisions"] = Self.sorted(revisions) { .integer(Int64($0)) }
        if let identity { members["identity"] = .string(identity) }
        if let origin { members["origin"] = .string(origin) }
        if isOwn { members["own"] = true }
        return members
    }

    /// No stage takes longer than a lifetime, whatever a file says.
    private static func seconds(_ recorded: Double) -> Double { min(max(0, recorded), 1e9) }

    fileprivate init(_ reader: RecordReader) throws {
        self.init(
            key: try reader.text("key"),
            inputs: try Self.named(reader.map("inputs") { $0.stringValue }),
            settings: try reader.map("settings", isOptional: true) { $0 },
            revisions: try reader.map("revisions", isOptional: true) {
                $0.integerValue.flatMap { Int(exactly: $0) }
            },
            outputs: reader.members["outputs"],
            startedAt: try reader.text("startedAt"), finishedAt: try reader.text("finishedAt"),
            seconds: Self.seconds(reader.members["seconds"]?.doubleValue ?? 0),
            runId: try reader.text("runId"), tool: try reader.text("tool"),
            identity: reader.optionalText("identity"), origin: reader.optionalText("origin"))
        isOwn = reader.members["own"] == .bool(true)
        if let user = reader.members["by"]?["user"]?.stringValue,
            let host = reader.members["by"]?["host"]?.stringValue
        {
            by = RecordedPerson(user: user, host: host)
        }
    }

    /// With names as this program records them; an older one recorded some in another form.
    private static func named(_ inputs: [String: String]) -> [String: String] {
        var named = inputs
        for (name, digest) in inputs {
            guard let path = name.suffix(after: KeyMaterial.filePrefix) else { continue }
            let text = PathText.normalized(path)
            guard text != path else { continue }
            named[name] = nil
            named[KeyMaterial.filePrefix + text] = digest
        }
        return named
    }

    private static func sorted<Value>(
        _ map: [String: Value], _ json: (Value) -> JSONValue
    ) -> JSONValue {
        var members = OrderedDictionary<String, JSONValue>(minimumCapacity: map.count)
        for (name, value) in map.sorted(by: { $0.key < $1.key }) { members[name] = json(value) }
        return .object(members)
    }
}

/// Reads the members of one object of a result file.
private struct RecordReader {
    let members: OrderedDictionary<String, JSONValue>

    init(_ json: JSONValue) throws {
        guard let members = json.objectValue else { throw Self.problem("it is no object") }
        self.members = members
    }

    static func problem(_ summary: String) -> Diagnostic {
        Diagnostic(
            code: "results.unreadable", summary: summary,
            hint: "remove the file, and the stage runs again")
    }

    func optionalText(_ name: String) -> String? { members[name]?.stringValue }

    func text(_ name: String) throws -> String {
        guard let text = members[name]?.stringValue else {
            throw Self.problem("`\(name)` is missing or no text")
        }
        return text
    }

    func object(_ name: String) throws -> RecordReader? {
        guard let value = members[name], value != .null else { return nil }
        return try RecordReader(value)
    }

    func objects(_ name: String) throws -> [RecordReader] {
        guard let value = members[name] else { return [] }
        guard let all = value.arrayValue else { throw Self.problem("`\(name)` is no array") }
        return try all.map { try RecordReader($0) }
    }

    func map<Value>(
        _ name: String, isOptional: Bool = false, _ read: (JSONValue) -> Value?
    ) throws -> [String: Value] {
        guard let value = members[name] else {
            if isOptional { return [:] }
            throw Self.problem("`\(name)` is missing")
        }
        guard let all = value.objectValue else { throw Self.problem("`\(name)` is no object") }
        var map: [String: Value] = [:]
        map.reserveCapacity(all.count)
        for (key, element) in all {
            guard let value = read(element) else {
                throw Self.problem("`\(name)` holds a wrong value at `\(key)`")
            }
            map[key] = value
        }
        return map
    }
}
