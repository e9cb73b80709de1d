import JSON
import OrderedCollections

@testable import BuildGraph
@testable import Releasing

/// Readers of manifests and of what earlier runs recorded.
enum RecordTargets {
    static func manifest(_ bytes: [UInt8]) {
        guard let document = try? JSONValue.parse(bytes, source: "input", limits: .manifest)
        else { return }
        if let release = try? ReleaseManifest(document, path: "manifests/release.json") {
            precondition(!release.assetId.text.isEmpty, "a release without an asset id")
        }
        _ = try? InfrastructureManifest(document, path: "manifests/i.json", results: nil)
    }

    static func result(_ bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes, source: "input"),
            let record = try? ResultRecord(json: json)
        else { return }
        let again = try? ResultRecord(json: record.json)
        precondition(again?.json == record.json, "a result is read otherwise again")
    }

    static func journal(_ bytes: [UInt8]) {
        guard let reading = try? JournalReading(bytes, location: "results/1.0", assetId: "1.0")
        else { return }
        precondition(reading.warnings.count <= 11, "warnings without end")
        for entry in reading.entries.values {
            precondition(entry.assetId == "1.0", "an entry of another asset")
            guard let line = try? JournalLine.intent(entry).json() else { continue }
            let text = try? JournalReading(line.canonicalBytes, location: "", assetId: "1.0")
            precondition(text?.entries.keys == [entry.entry], "an entry is not read again")
        }
    }

    static func seals(_ bytes: [UInt8]) {
        let book = SealBook(bytes)
        let again = SealBook(book.bytes)
        precondition(again.bytes == book.bytes, "a book is read otherwise again")
        for seal in book.seals.values {
            _ = seal.stages
            _ = seal.stageNames
        }
    }

    static func plan(_ bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes, source: "input"),
            let plan = try? PlanFile(json: json, source: "input")
        else { return }
        let again = try? PlanFile(json: plan.json, source: "again")
        precondition(again?.json == plan.json, "a plan is read otherwise again")
    }
}
