import BuildGraph
import Diagnostics
import FoundationEssentials

/// A private folder for one piece of work: in the journal before it is made, gone afterwards.
///
/// What a killed run left, virtual machines included, the next one removes.
struct WorkFolder: Sendable {
    /// Absolute, without a slash at the end.
    let parent: String
    /// How its name begins, before the run's number; short, because ssh's sockets lie below.
    let prefix: String
    /// The machine that it is on.
    let machine: LocalMachine

    private static let prefixDetail = "prefix"

    /// Makes the folder for as long as `work` takes, however that ends.
    ///
    /// - Throws: `file.unwritable`, `file.disk-full`, and what `work` throws.
    func use<Result: Sendable>(
        _ context: StageContext, _ work: (PrivateFolder) async throws -> Result
    ) async throws -> Result {
        let prefix = "\(prefix)\(context.runId.prefix(8))"
        let entry = try await context.journal.intend(
            .workFolder, at: .machine, name: parent,
            details: machine.details.merging([Self.prefixDetail: prefix]) { $1 })
        let folder = try PrivateFolder(prefix: prefix, in: parent)
        let result: Swift.Result<Result, any Error>
        do {
            try await context.journal.created(entry, id: folder.path)
            result = .success(try await work(folder))
        } catch {
            result = .failure(error)
        }
        // Should this fail, what the work gave or threw is still what the caller has to hear of.
        do {
            try folder.delete()
            try await context.journal.gone(entry)
        } catch {
            context.warn(
                "`\(folder.path)` stays: \(Diagnostic.from(error).summary) "
                    + "(the next run removes it)")
        }
        return try result.get()
    }

    /// The folders that an interrupted run left: by path where it was learnt,
    /// else all that begin with that run's own prefix.
    static func left(by leftover: Leftover) throws -> [String] {
        if let folder = leftover.id { return [folder] }
        guard let parent = leftover.name, let prefix = leftover.details[prefixDetail],
            FileManager.default.fileExists(atPath: parent)
        else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: parent)
            .filter { $0.hasPrefix("\(prefix)-") }.map { "\(parent)/\($0)" }
    }
}
