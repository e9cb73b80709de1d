import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import JSON
import OrderedCollections

/// Remembers which account an access key is of, so that a run with nothing to do needs no call.
///
/// An access key belongs to one account for ever. The file has mode 0600, and holds digests of
/// where a key is used and of its id, never the id itself. Whatever is wrong with it costs a call.
struct AccountCache: Sendable {
    private let path: String?

    private static let name = "accounts.json"
    private static let limit = 64

    /// - Parameter environment: `XDG_CACHE_HOME`, else `HOME`, says where it is.
    init(environment: [String: String]) {
        func absolute(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        path = (absolute("XDG_CACHE_HOME") ?? absolute("HOME").map { "\($0)/.cache" })
            .map { "\($0)/dssbatch/\(Self.name)" }
    }

    /// The account of a key; nil where it is not known.
    ///
    /// - Parameter place: where the key is used, since an endpoint's accounts are its own.
    func account(ofKey id: String, at place: String) -> String? {
        entries()[Self.digest(id, place)]?.stringValue
    }

    /// Remembers a key's account; where that cannot be written, it is asked for again.
    func remember(_ account: String, ofKey id: String, at place: String) {
        guard let path else { return }
        var entries = entries()
        let digest = Self.digest(id, place)
        guard entries[digest]?.stringValue != account else { return }
        entries[digest] = nil
        entries[digest] = .string(account)
        while entries.count > Self.limit { entries.removeFirst() }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FolderTree.make(folder, permissions: 0o700)
        try? AtomicFile.write(
            Array(JSONValue.object(entries).prettyText.utf8), to: path, permissions: 0o600)
    }

    /// What is remembered; nothing where others may write there or have a look.
    private func entries() -> OrderedDictionary<String, JSONValue> {
        var status = stat()
        guard let path, stat(path, &status) == 0, status.st_mode & 0o077 == 0,
            status.st_uid == geteuid(),
            let bytes = try? FileContents.read(path),
            let value = try? JSONValue.parse(bytes, source: path)
        else { return [:] }
        return value.objectValue ?? [:]
    }

    private static func digest(_ id: String, _ place: String) -> String {
        Digest.of("\(place)\n\(id)")
    }
}
