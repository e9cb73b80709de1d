import Diagnostics

/// An image's name, `[registry[:port]/]repository[:tag][@digest]`, normalised as Docker does it.
///
/// `ubuntu` is `docker.io/library/ubuntu`. No tag is invented where none is written.
/// Source: <https://pkg.go.dev/github.com/distribution/reference>
package struct ImageReference: Sendable, Hashable {
    /// Host and port of the registry, such as `docker.io` or `localhost:5000`.
    package let registry: String
    /// The path below the registry, such as `library/ubuntu`.
    package let repository: String
    /// Such as `22.04`; nil where none is named.
    package let tag: String?
    /// Such as `sha256:…`; nil where none is named.
    package let digest: String?

    /// The registry that a name without one means.
    package static let hub = "docker.io"

    /// Reads a name.
    ///
    /// - Throws: `docker.reference` of severity `.configuration`.
    package init(_ text: String) throws {
        var rest = text[...]
        var digest: String?
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        var tag: String?
        // A colon before the last slash is the registry's port.
        let last = rest.lastIndex(of: "/").map { rest.index(after: $0) } ?? rest.startIndex
        if let colon = rest[last...].firstIndex(of: ":") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        let (registry, repository) = Self.split(rest)
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
        if let problem = Self.problem(registry, repository, tag, digest, written: rest) {
            throw Diagnostic(
                code: "docker.reference", severity: .configuration,
                summary: "`\(text)` is no image's name: \(problem)",
                hint: "write it as `[registry[:port]/]repository[:tag][@digest]`, in lower case "
                    + "but for the tag")
        }
    }

    private init(registry: String, repository: String, tag: String?, digest: String?) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// The same repository under another tag, and without a digest.
    ///
    /// - Throws: `docker.reference` of severity `.configuration` where it is no tag.
    package func tagged(_ tag: String) throws -> ImageReference {
        try ImageReference("\(name):\(tag)")
    }

    /// The same image with the tag that Docker takes where none is named.
    package var withDefaultTag: ImageReference {
        if tag != nil || digest != nil { return self }
        return ImageReference(
            registry: registry, repository: repository, tag: "latest", digest: nil)
    }

    /// Registry and repository as people write them: `ubuntu`, `exasol/x`, `localhost:5000/x`.
    package var name: String {
        guard registry == Self.hub else { return fullName }
        let official = "library/"
        let short =
            repository.hasPrefix(official) ? repository.dropFirst(official.count) : repository[...]
        // What would be read as something else, such as `localhost/x`, stays long.
        return Self.split(short) == (registry, repository) ? String(short) : fullName
    }

    /// Registry and repository in full, such as `docker.io/library/ubuntu`.
    package var fullName: String { "\(registry)/\(repository)" }

    private static func split(_ name: Substring) -> (registry: String, repository: String) {
        var registry = hub
        var repository = String(name)
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            let isHost =
                first.contains(".") || first.contains(":") || first == "localhost"
                || first.contains { $0.isUppercase }
            if isHost {
                registry = String(first)
                repository = String(name[name.index(after: slash)...])
            }
        }
        // Names of the registry from before it was called `docker.io`.
        if registry == "index.docker.io" { registry = hub }
        if registry == hub, !repository.contains("/") { repository = "library/" + repository }
        return (registry, repository)
    }
}

extension ImageReference: CustomStringConvertible {
    /// As people write it, and as the engine lists it.
    package var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}
