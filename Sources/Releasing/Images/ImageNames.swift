import AWS

/// The names that are taken among a release's images in one region, for the next one to choose.
struct ImageNames {
    private let name: RevisedName
    private let own: Set<String>
    private var foreign: Set<String>

    /// The code of the answer that a name is taken.
    static let duplicateCode = "aws.InvalidAMIName.Duplicate"
    /// How many names are tried: as many as others may have taken in between.
    static let mostTries = 20

    /// Looks which names are taken.
    static func read(
        _ name: RevisedName, assetId: String, images: EC2Images
    ) async throws -> ImageNames {
        let found = try await images.own(namedLike: name.head)
        let own = found.filter { $0.tags[ResourceNames.assetTag] == assetId }
        return ImageNames(
            name: name, own: Set(own.compactMap(\.name)), foreign: Set(found.compactMap(\.name)))
    }

    /// The first free name behind those that this release's images have.
    ///
    /// - Parameter wanted: what it shall be if that is free.
    func next(wanted: String? = nil) -> String {
        if let wanted, !own.contains(wanted), !foreign.contains(wanted) { return wanted }
        return name.next(after: own, skipping: foreign)
    }

    /// Notes that EC2 says a name is taken, whoever has it.
    mutating func refuse(_ name: String) { foreign.insert(name) }
}
