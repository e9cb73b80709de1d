import Diagnostics
import JSON

/// What the store has of one stage.
package enum StoredResult: Sendable, Equatable {
    case record(ResultRecord)
    /// There is a file, and it cannot be understood: why.
    case unreadable(String)

    /// The record, where there is a readable one.
    package var record: ResultRecord? { if case .record(let record) = self { record } else { nil } }
}

extension StoredResult {
    /// Reads a result file's bytes.
    ///
    /// - Parameters:
    ///   - stage: whose result it has to be, by the file's name.
    ///   - assetId: and of which asset.
    ///   - location: where the file lies.
    /// - Throws: `results.newer`.
    init(
        _ bytes: [UInt8], of stage: StageName, assetId: String, location: String
    ) throws {
        do {
            let record = try ResultRecord(
                json: try JSONValue.parse(
                    bytes, source: Self.file(of: stage), limits: .result))
            guard record.stage == stage, record.assetId == assetId else {
                self = .unreadable("it is of stage `\(record.stage)` of asset `\(record.assetId)`")
                return
            }
            self = .record(record)
        } catch {
            var problem = Diagnostic.from(error)
            if problem.code == ResultRecord.newerCode {
                problem.location = "\(location)/\(Self.file(of: stage))"
                throw problem
            }
            self = .unreadable(problem.summary)
        }
    }

    /// The name of a stage's result file.
    static func file(of stage: StageName) -> String { "\(stage).json" }

    /// The stage whose result file that is; nil for another file.
    ///
    /// `release.json` and stages' documents (`ami.cdx.json`) are none.
    static func stage(ofFile name: String) -> StageName? {
        guard name.hasSuffix(".json"), name != "release.json" else { return nil }
        let stage = name.dropLast(5)
        return stage.contains(".") || stage.isEmpty ? nil : StageName(rawValue: String(stage))
    }
}
