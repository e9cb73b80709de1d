/// What differs between two inventories; a pure function of both.
struct InventoryChanges: Sendable, Equatable {
    /// One thing that came, went or has another version.
    struct Change: Sendable, Equatable {
        let name: String
        /// Nil where it is new.
        let before: String?
        /// Nil where it is gone.
        let after: String?

        /// Markdown.
        var line: String {
            switch (before, after) {
            case (let before?, let after?): "- `\(name)` \(before) → \(after)"
            case (nil, let after?): "- `\(name)` \(after) (new)"
            case (let before?, nil): "- `\(name)` \(before) (removed)"
            case (nil, nil): "- `\(name)`"
            }
        }
    }

    /// The clones by their commits, then Python packages.
    let notable: [Change]
    /// Packages of the distribution, by the source package that they are built from.
    let system: [Change]

    /// Compares.
    init(from before: Inventory, to after: Inventory) {
        notable =
            Self.changes(Self.repositories(before), Self.repositories(after))
            + Self.changes(Self.python(before), Self.python(after))
        system = Self.changes(Self.sources(before), Self.sources(after))
    }

    /// How many are new, gone and changed.
    static func counts(_ changes: [Change]) -> String {
        let added = changes.count { $0.before == nil }
        let removed = changes.count { $0.after == nil }
        let changed = changes.count - added - removed
        return "\(changed) changed, \(added) added, \(removed) removed"
    }

    private static func changes(
        _ before: [String: String], _ after: [String: String]
    ) -> [Change] {
        Set(before.keys).union(after.keys).sorted().compactMap { name in
            before[name] == after[name]
                ? nil : Change(name: name, before: before[name], after: after[name])
        }
    }

    private static func repositories(_ inventory: Inventory) -> [String: String] {
        var commits: [String: String] = [:]
        for repository in inventory.repositories {
            let name = repository.path.split(separator: "/").last.map(String.init)
            let commit = String(repository.commit.prefix(12))
            commits[name ?? repository.path] =
                repository.describe.isEmpty || repository.describe == repository.commit
                ? commit : "\(repository.describe) (\(commit))"
        }
        return commits
    }

    private static func python(_ inventory: Inventory) -> [String: String] {
        let packages = inventory.pip.flatMap(\.packages)
        return joined(packages.map { (PackageURL.pythonName($0.name), $0.version) })
    }

    private static func sources(_ inventory: Inventory) -> [String: String] {
        joined(inventory.apt.map { ($0.source, $0.sourceVersion) })
    }

    /// The versions of each name; there may be several beside each other.
    private static func joined(_ all: [(String, String)]) -> [String: String] {
        Dictionary(grouping: all) { $0.0 }.mapValues { versions in
            Set(versions.map(\.1)).sorted().joined(separator: ", ")
        }
    }
}
