import BuildGraph
import Foundation

/// The folders that an interrupted verification left on this machine.
enum VerificationFolders {
    /// By path where it was learnt, else all that begin with the run's own prefix.
    static func left(by entry: JournalEntry) throws -> [String] {
        if let folder = entry.id { return [folder] }
        guard let parent = entry.name, let prefix = entry.details["prefix"],
            FileManager.default.fileExists(atPath: parent)
        else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: parent)
            .filter { $0.hasPrefix("\(prefix)-") }.map { "\(parent)/\($0)" }
    }
}
