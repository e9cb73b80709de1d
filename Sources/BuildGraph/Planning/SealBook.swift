import OrderedCollections

/// The seals of many variants in one file.
///
/// A file of lines and not JSON: it is read at every start, and a thousand variants' plans are two
/// megabytes. Whatever is wrong with it only costs the time of planning again.
package struct SealBook: Sendable {
    /// The file's name beside the results.
    package static let fileName = "seals.txt"
    private static let header = "dssbatch.seals/2"

    /// What the manifest was when it was last found to be in order; nil for never.
    package var checked: String?
    /// Declared files and folders with their digests.
    private(set) var inputs: OrderedDictionary<DeclaredPath, String> = [:]
    private(set) var seals: [String: Seal] = [:]

    /// Holds nothing.
    package init() {}

    /// Reads a book; an empty one where it cannot be understood.
    package init(_ bytes: [UInt8]) {
        var lines = bytes.split(separator: UInt8(ascii: "\n")).makeIterator()
        guard lines.next().map({ $0.elementsEqual(Self.header.utf8) }) == true else { return }
        while let line = lines.next() {
            guard add(line) else {
                self = SealBook()
                return
            }
        }
    }

    /// The seal of an asset, whether or not it still holds.
    package subscript(assetId: String) -> Seal? { seals[assetId] }

    /// Takes a seal in; those that rest on a file which has become another go.
    package mutating func add(_ new: NewSeal) {
        for (input, digest) in new.inputs where inputs[input] != digest {
            if let place = inputs.index(forKey: input) {
                seals = seals.filter { !$0.value.inputs.contains(place) }
            }
            inputs[input] = digest
        }
        seals[new.assetId] = Seal(
            settings: new.settings, results: new.results, realm: new.realm,
            inputs: new.inputs.keys.compactMap { inputs.index(forKey: $0) }.sorted(),
            names: new.names.map(\.rawValue).joined(separator: ","), stagesText: new.stagesText)
    }

    /// Leaves only the seals of these assets.
    package mutating func keep(_ assetIds: Set<String>) {
        seals = seals.filter { assetIds.contains($0.key) }
    }

    /// The file's contents.
    package var bytes: [UInt8] {
        var text = Self.header + "\n"
        if let checked { text += "checked\t\(checked)\n" }
        for (input, digest) in inputs {
            text += "\(input.isFolder ? "folder" : "file")\t\(digest)\t\(input.path)\n"
        }
        for (assetId, seal) in seals.sorted(by: { $0.key < $1.key }) {
            let places = seal.inputs.map(String.init).joined(separator: ",")
            text += "seal\t\(assetId)\t\(seal.settings)\t\(seal.results)\t\(places)\t\(seal.names)"
            text += "\t\(seal.realm)\t\(seal.stagesText)\n"
        }
        return Array(text.utf8)
    }

    private mutating func add(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = line.split(
            separator: UInt8(ascii: "\t"), maxSplits: 7, omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        switch (fields.first, fields.count) {
        case ("checked", 2): checked = fields[1]
        case ("file", 3): inputs[.init(isFolder: false, path: fields[2])] = fields[1]
        case ("folder", 3): inputs[.init(isFolder: true, path: fields[2])] = fields[1]
        case ("seal", 8):
            let places = fields[4].split(separator: ",").map { Int($0) ?? -1 }
            guard places.allSatisfy(inputs.values.indices.contains) else { return false }
            seals[fields[1]] = Seal(
                settings: fields[2], results: fields[3], realm: fields[6], inputs: places,
                names: fields[5], stagesText: fields[7])
        default: return false
        }
        return true
    }
}
