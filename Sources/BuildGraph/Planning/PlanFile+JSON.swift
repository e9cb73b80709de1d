import Diagnostics
package import JSON
import OrderedCollections

extension PlanFile {
    /// The file's contents.
    package var json: JSONValue {
        [
            "schema": .string(Self.schema), "assetId": .string(assetId),
            "realm": realm.map { .string($0.text) } ?? .null,
            "selection": Self.json(selection),
            "stages": .array(
                stages.map { name, stage in
                    var members: OrderedDictionary<String, JSONValue> = [
                        "stage": .string(name), "state": .string(stage.state),
                        "reasons": Self.json(stage.reasons),
                        "inputs": .object(
                            OrderedDictionary(
                                uniqueKeysWithValues: stage.inputs.sorted { $0.key < $1.key }
                                    .map { ($0.key, .string($0.value)) })),
                    ]
                    if let result = stage.result { members["result"] = .string(result) }
                    if !stage.replacesPublished.isEmpty {
                        members["replacesPublished"] = Self.json(stage.replacesPublished)
                    }
                    return .object(members)
                }),
        ]
    }

    /// Reads a plan file's contents.
    ///
    /// - Throws: `plan.unreadable`, severity `.configuration`.
    package init(json: JSONValue, source: String) throws {
        guard json["schema"]?.stringValue == Self.schema,
            let assetId = json["assetId"]?.stringValue,
            let selection = json["selection"].flatMap(Self.selection),
            let list = json["stages"]?.arrayValue
        else { throw Self.unreadable(source) }
        var stages: OrderedDictionary<String, Stage> = [:]
        for entry in list {
            guard let (name, stage) = Self.stage(entry) else { throw Self.unreadable(source) }
            stages[name] = stage
        }
        self.init(
            assetId: assetId, selection: selection, stages: stages,
            realm: json["realm"]?.stringValue.map { Realm($0) })
    }

    private static func stage(_ json: JSONValue) -> (String, Stage)? {
        guard let name = json["stage"]?.stringValue, let state = json["state"]?.stringValue,
            let reasons = texts(json["reasons"]), let inputs = json["inputs"]?.objectValue
        else { return nil }
        var digests: [String: String] = [:]
        for (input, digest) in inputs {
            guard let digest = digest.stringValue else { return nil }
            digests[input] = digest
        }
        return (
            name,
            Stage(
                state: state, reasons: reasons, inputs: digests,
                result: json["result"]?.stringValue,
                replacesPublished: texts(json["replacesPublished"]) ?? [])
        )
    }

    private static func unreadable(_ source: String) -> Diagnostic {
        Diagnostic(
            code: "plan.unreadable", severity: .configuration,
            summary: "`\(source)` is no plan of the form `\(schema)`", location: source,
            hint: "write one with `dssbatch plan MANIFEST --output FILE`")
    }

    private static func json(_ selection: Selection) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "force": json(selection.force.map(\.rawValue).sorted()),
            "skip": json(selection.skip.map(\.rawValue).sorted()),
            "refresh": .bool(selection.refresh),
            "whatIf": json(selection.whatIf.sorted()),
        ]
        if let only = selection.only { members["only"] = json(only.map(\.rawValue).sorted()) }
        return .object(members)
    }

    private static func selection(_ json: JSONValue) -> Selection? {
        guard let force = names(json["force"]), let skip = names(json["skip"]),
            let whatIf = texts(json["whatIf"]), case .bool(let refresh)? = json["refresh"]
        else { return nil }
        return Selection(
            only: names(json["only"]), force: force, skip: skip, refresh: refresh,
            whatIf: Set(whatIf))
    }

    private static func json(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func texts(_ json: JSONValue?) -> [String]? {
        guard let all = json?.arrayValue else { return nil }
        let texts = all.compactMap(\.stringValue)
        return texts.count == all.count ? texts : nil
    }

    private static func names(_ json: JSONValue?) -> Set<StageName>? {
        texts(json).map { Set($0.map { StageName(rawValue: $0) }) }
    }
}
