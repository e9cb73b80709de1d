import AWS
import BuildGraph
import Diagnostics

/// Making images under names that are free, and ending what earlier runs made of them.
extension EC2Images {
    /// Makes an image under the first free name, each try in the journal before its call.
    ///
    /// A refused name stays in the journal until `removeUnfinished`: where an answer was lost, this
    /// run's image may become visible under it later.
    ///
    /// - Parameters:
    ///   - wanted: the name to begin with.
    ///   - make: makes the image of that name with that client token; throws
    ///     `ImageNames.duplicateCode` where another image has the name.
    /// - Throws: what `make` throws.
    func naming(
        _ names: inout ImageNames, _ context: StageContext, wanted: String? = nil,
        token: () -> String? = { nil }, details: [String: String],
        make: (_ name: String, _ token: String?) async throws -> String
    ) async throws -> (id: String, entry: JournalEntryID) {
        var tries = 1
        while true {
            let (name, token) = (names.next(wanted: wanted), token())
            let entry = try await context.journal.intend(
                LeftoverKind.image, region: region, name: name, token: token,
                details: details)
            do {
                let id = try await make(name, token)
                try await context.journal.created(entry, id: id)
                return (id, entry)
            } catch let problem as Diagnostic
                where problem.code == ImageNames.duplicateCode && tries < ImageNames.mostTries
            {
                tries += 1
                names.refuse(name)
                context.progress(nil, "the name \(name) is taken")
            }
        }
    }

    /// Removes what the stage's journal names and nobody keeps: images of other inputs, or left
    /// half done.
    func removeUnfinished(_ context: StageContext) async throws {
        for entry in await context.journal.unfinished(of: LeftoverKind.image) {
            guard let image = try await begun(Leftover(entry)) else {
                // Of a refused name there may be another's.
                try await context.journal.forget(entry.entry)
                continue
            }
            try await remove(image)
            try await context.journal.gone(entry.entry)
        }
    }
}
