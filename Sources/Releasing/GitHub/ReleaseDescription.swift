import Diagnostics

/// The text that a release's page shows of what was made: Markdown, a pure function of its parts.
struct ReleaseDescription: Sendable {
    /// The release before this one, as far as it is known.
    struct Previous: Sendable {
        let tag: String
        let url: String
        /// Versions by component; empty where they are unknown.
        let versions: [String: String]
        /// By the kind of image; what differs on it.
        let changes: [(title: String, changes: InventoryChanges)]
    }

    let release: PublishedRelease
    let files: [String]
    let previous: Previous?

    /// The notes.
    ///
    /// - Parameters:
    ///   - room: how many characters they may cost.
    ///   - cost: what a text costs.
    /// - Throws: `github.body-too-long` where not even the tables fit.
    func text(room: Int, cost: (String) -> Int) throws -> String {
        let essential = (images + downloads + docker + components + attachments)
        var text = essential.joined(separator: "\n")
        guard cost(text) <= room else {
            throw Diagnostic(
                code: "github.body-too-long",
                summary: "the notes do not fit into the release's text: they take "
                    + "\(cost(text)) characters, \(max(0, room)) are left",
                hint: "shorten what people wrote there, then run the same command again")
        }
        let groups = groups
        for (index, group) in groups.enumerated() {
            // Each list behind may need its own note of having been cut.
            let later = groups[(index + 1)...].reduce(0) { $0 + $1.leastCost(cost) }
            guard let part = group.text(room: room - cost(text) - later, cost: cost) else { break }
            text += part
        }
        return text
    }

    // MARK: Tables

    private var images: [String] {
        [
            "## Data Science Sandbox \(ShownText.markdown(release.assetId))", "",
            "| Region | AMI |", "|---|---|",
        ] + release.images.map { "| \($0.region) | `\(Self.code($0.id))` |" } + [
            "",
            "The AMI `\(Self.code(release.amiName))` is "
                + (release.isPublic ? "public." : "private."),
        ]
    }

    private var downloads: [String] {
        if release.exports.isEmpty { return [] }
        return ["", "| Image | Size | SHA-256 |", "|---|---|---|"]
            + release.exports.map { image in
                "| [\(image.format)](\(image.url)) | \(ByteCount.text(image.bytes)) "
                    + "| \(image.sha256.map { "`\($0)`" } ?? "–") |"
            }
    }

    private var docker: [String] {
        guard let docker = release.docker else { return [] }
        let digest = docker.digest.map { "`\(Self.code($0))`" } ?? "not published"
        return [
            "", "| Docker image | Size | Digest |", "|---|---|---|",
            "| `\(Self.code(docker.image))` | \(ByteCount.text(docker.bytes)) | \(digest) |",
        ]
    }

    private var components: [String] {
        ["", "| Component | Version |", "|---|---|"]
            + release.versions.map { component in
                let before = previous?.versions[component.name]
                let was =
                    before.map { $0 == component.version ? "" : " (was \(ShownText.markdown($0)))" }
                    ?? ""
                let name = ShownText.markdown(component.name)
                return "| \(name) | \(ShownText.markdown(component.version))\(was) |"
            } + ["", "Base image: \(ShownText.markdown(release.sourceName))."]
    }

    private var attachments: [String] {
        let documents = files.filter {
            $0.hasSuffix(".inventory.json") || $0.hasSuffix(".cdx.json")
        }
        if documents.isEmpty { return [] }
        return [
            "",
            "What is on the images is listed in the assets "
                + documents.map { "`\($0)`" }.joined(separator: ", ")
                + " (SBOM: CycloneDX).",
        ]
    }

    // MARK: Changes

    private var groups: [ChangeList] {
        guard let previous else { return [] }
        let since = "since [\(ShownText.markdown(previous.tag))](\(previous.url))"
        return previous.changes.flatMap { title, changes in
            [
                ChangeList(
                    heading: "\(title), Python packages and repositories", since: since,
                    changes: changes.notable),
                ChangeList(
                    heading: "\(title), system packages", since: since, changes: changes.system),
            ]
        }
    }

    /// Text within backticks.
    static func code(_ text: String) -> String {
        ShownText.line(text).replacing("`", with: "'").replacing("|", with: "\\|")
    }
}

/// A list of changes that folds away, and is cut where it is too long.
struct ChangeList: Sendable {
    let heading: String
    let since: String
    let changes: [InventoryChanges.Change]

    private var start: String {
        if changes.isEmpty { return "\n\n\(heading) \(since): no changes." }
        return "\n\n<details><summary>\(heading): \(InventoryChanges.counts(changes))</summary>"
            + "\n\nWhat changed \(since):\n"
    }

    private var end: String { changes.isEmpty ? "" : "\n\n</details>" }

    private func cut(_ count: Int) -> String {
        count == 0 ? "" : "\n- … and \(count) more: see the inventories in the assets"
    }

    private var whole: String { start + changes.map { "\n" + $0.line }.joined() + end }

    /// With no change shown.
    private var shortest: String { start + cut(changes.count) + end }

    /// What it costs at least.
    func leastCost(_ cost: (String) -> Int) -> Int { min(cost(whole), cost(shortest)) }

    /// The list, with as many changes as there is room for; nil where there is none at all.
    func text(room: Int, cost: (String) -> Int) -> String? {
        if cost(whole) <= room { return whole }
        var left = room - cost(shortest)
        if left < 0 { return nil }
        var shown = ""
        var count = 0
        for change in changes {
            let line = "\n" + change.line
            left -= cost(line)
            if left < 0 { break }
            shown += line
            count += 1
        }
        return start + shown + cut(changes.count - count) + end
    }
}
