import JSON

extension BuildDockerImage.Outputs {
    private enum Former: String, CodingKey { case sizeBytes }

    /// Writes the size under both names: older programs may share these results.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(image, forKey: .image)
        try members.encode(digest, forKey: .digest)
        try members.encode(tags, forKey: .tags)
        try members.encode(imageId, forKey: .imageId)
        try members.encode(bytes, forKey: .bytes)
        try members.encode(baseImage, forKey: .baseImage)
        try members.encode(baseDigest, forKey: .baseDigest)
        try members.encode(documents, forKey: .documents)
        var former = encoder.container(keyedBy: Former.self)
        try former.encode(bytes, forKey: .sizeBytes)
    }

    /// Reads what is recorded, of older programs too.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let former = try decoder.container(keyedBy: Former.self)
        self.init(
            image: try members.decode(String.self, forKey: .image),
            digest: try members.decode(String.self, forKey: .digest),
            tags: try members.decode([String].self, forKey: .tags),
            imageId: try members.decode(String.self, forKey: .imageId),
            bytes: try members.decodeIfPresent(Int64.self, forKey: .bytes)
                ?? former.decode(Int64.self, forKey: .sizeBytes),
            baseImage: try members.decode(String.self, forKey: .baseImage),
            baseDigest: try members.decode(String.self, forKey: .baseDigest),
            documents: try members.decode(InventoryDocuments.self, forKey: .documents))
    }
}
