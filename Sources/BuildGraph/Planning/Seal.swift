package import JSON

/// A plan in which everything was fresh, with what tells whether it still holds.
///
/// A seal is worth nothing once any of these is another: it only spares the reading of results.
package struct Seal: Sendable, Equatable {
    /// The variant's `settingsDigest`.
    let settings: String
    /// The digest of the store's fingerprint.
    let results: String
    /// Whose the results are; empty for nobody's.
    var realm = ""
    /// Whether it is known that they are of the account that is worked in; not written down.
    package var isAccountCompared = true
    /// Declared files and folders, by their places in the book.
    let inputs: [Int]
    /// The stages that were listed, with commas in between.
    let names: String
    /// The value of `"stages"` in the plan's event, as text.
    package let stagesText: String

    /// The stages that were listed, all of them fresh.
    package var stageNames: [Substring] { names.split(separator: ",") }

    /// The value of `"stages"` in the plan's event; null where somebody has spoiled the book.
    package var stages: JSONValue {
        (try? JSONValue.parse(Array(stagesText.utf8), source: SealBook.fileName)) ?? nil
    }
}

/// A seal that is not in a book yet.
package struct NewSeal: Sendable {
    let assetId: String
    let settings: String
    let results: String
    var realm = ""
    /// The digest of each declared file and folder.
    let inputs: [DeclaredPath: String]
    let names: [StageName]
    let stagesText: String
}
