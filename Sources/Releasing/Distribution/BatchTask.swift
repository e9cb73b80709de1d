/// One build of a batch.
package struct BatchTask: Sendable, Equatable {
    /// What it does.
    package enum Work: Sendable, Equatable {
        /// Stages that releases share, so that each is run once.
        case share([String])
        /// The releases of these assets.
        case make([String])
        /// The summary, once all others are done.
        case collect
    }

    /// Letters, digits and `_`.
    package let identifier: String
    package let work: Work
    /// The tasks that come first.
    package let needs: [String]

    /// What it does, for a person.
    package var text: String {
        switch work {
        case .share(let stages): stages.joined(separator: ", ")
        case .make(let assetIds): assetIds.joined(separator: ", ")
        case .collect: "summary"
        }
    }
}
