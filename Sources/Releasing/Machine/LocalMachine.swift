/// This machine, as what the journal says of folders here is compared with.
package struct LocalMachine: Sendable, Equatable {
    /// What an entry of the journal keeps the place under.
    static let placeDetail = "place"

    /// This start of this machine, and the container on it; nil where nobody says.
    package let place: String?
    /// Where runs make their folders: absolute, without a slash at the end.
    package let temporaryFolders: [String]

    /// Describes it.
    package init(place: String?, temporaryFolders: [String]) {
        self.place = place
        self.temporaryFolders = temporaryFolders
    }

    /// What an intent says of a folder besides its path.
    var details: [String: String] { place.map { [Self.placeDetail: $0] } ?? [:] }
}

/// What lies at a path; a link is none of what it leads to.
package struct LocalFolder: Sendable, Equatable {
    package let isFolder: Bool
    /// Whether it belongs to the user of this process.
    package let isOwn: Bool
    /// Whether nobody else may look in.
    package let isPrivate: Bool

    /// Describes it.
    package init(isFolder: Bool, isOwn: Bool, isPrivate: Bool) {
        self.isFolder = isFolder
        self.isOwn = isOwn
        self.isPrivate = isPrivate
    }
}
