import JSON
import OrderedCollections

/// An image that the engine has.
package struct EngineImage: Sendable, Equatable {
    /// Such as `sha256:…`.
    package var id: String
    /// The names under which it is known here.
    package var tags: [String]
    /// Repository and manifest digest, of each registry that it came from or went to.
    package var repositoryDigests: [String]
    /// All layers together.
    package var sizeBytes: Int64
    /// What its makers say of it.
    package var labels: [String: String]

    /// Makes one.
    package init(
        id: String, tags: [String] = [], repositoryDigests: [String] = [], sizeBytes: Int64 = 0,
        labels: [String: String] = [:]
    ) {
        self.id = id
        self.tags = tags
        self.repositoryDigests = repositoryDigests
        self.sizeBytes = sizeBytes
        self.labels = labels
    }

    /// Reads an answer; nil where it has no id.
    init?(_ value: JSONValue) {
        guard let id = value["Id"]?.stringValue, !id.isEmpty else { return nil }
        self.init(
            id: id, tags: value["RepoTags"]?.texts ?? [],
            repositoryDigests: value["RepoDigests"]?.texts ?? [],
            sizeBytes: value["Size"]?.integerValue ?? 0,
            labels: value["Config"]?["Labels"]?.textMembers ?? [:])
    }
}

extension JSONValue {
    /// The texts of an array; empty for anything else.
    var texts: [String] { arrayValue?.compactMap(\.stringValue) ?? [] }

    /// The members of an object that are texts; empty for anything else.
    var textMembers: [String: String] {
        var members: [String: String] = [:]
        for (name, value) in objectValue ?? [:] { members[name] = value.stringValue }
        return members
    }

    /// An object of texts, in the order of their names.
    init(texts: [String: String]) {
        self.init(members: texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }
}
