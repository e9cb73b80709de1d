/// One of many assets that are planned and run together.
package struct Variant: Sendable {
    /// What tells it from the others.
    package let assetId: String
    /// Where its results, its journal and its lock are.
    package let store: any ResultStore
    /// Over everything that its stages come from but files and results: its settings, the program.
    package let settingsDigest: String
    private let layOut: @Sendable () throws -> StageGraph

    /// Names a variant; lays nothing out yet.
    ///
    /// - Parameter layOut: makes its stages; the same ones for the same `settingsDigest`.
    package init(
        assetId: String, store: any ResultStore, settingsDigest: String,
        layOut: @escaping @Sendable () throws -> StageGraph
    ) {
        self.assetId = assetId
        self.store = store
        self.settingsDigest = settingsDigest
        self.layOut = layOut
    }

    /// Its stages.
    ///
    /// - Throws: what is wrong with its settings or stages.
    package func graph() throws -> StageGraph { try layOut() }
}
