import Diagnostics
import GitHub

/// A draft on GitHub that a build completes, to try a release out.
package struct TestRelease: Sendable {
    let repository: RepositoryName
    let branch: String
    let title: String
    let tag: String

    private static let body = "A test release: not for use."

    /// Checks what the draft is to be.
    ///
    /// - Throws: `usage.release-title`, `usage.branch`, `manifest.no-repository`.
    package init(title: String, branch: String, manifest: ReleaseManifest) throws {
        guard let tag = Self.tag(of: title) else {
            throw Diagnostic(
                code: "usage.release-title", severity: .configuration,
                summary: "`--release-title \(title)` has neither letter nor digit",
                hint: "give for instance `--release-title \"Test of the new kernel\"`")
        }
        guard !branch.isEmpty else {
            throw Diagnostic(
                code: "usage.branch", severity: .configuration,
                summary: "`--branch` is empty", hint: "name the branch that is to be built")
        }
        guard let repository = manifest.release?.repository else {
            throw Diagnostic(
                code: "manifest.no-repository", severity: .configuration,
                summary: "nothing says in which repository the draft is to be made",
                location: manifest.path,
                hint: "add `\"release\": { \"repository\": \"OWNER/NAME\" }` to the manifest")
        }
        self.repository = repository
        self.branch = branch
        self.title = title
        self.tag = tag
    }

    /// The call that makes the draft; each call makes another one.
    var creation: CreateRelease {
        CreateRelease(
            repository: repository, tag: tag, target: branch, title: title, body: Self.body,
            isDraft: true, isPrerelease: true)
    }

    /// A title as a git tag: what no tag may hold becomes `-`.
    ///
    /// - Returns: nil where nothing is left.
    static func tag(of title: String) -> String? {
        let words = title.split { character in
            !(character.isASCII && (character.isLetter || character.isNumber))
                && !"._".contains(character)
        }
        var tag = words.joined(separator: "-")
        while tag.contains("..") { tag = tag.replacing("..", with: ".") }
        while let last = tag.last, ".-".contains(last) { tag.removeLast() }
        tag = String(tag.drop { ".-".contains($0) })
        if tag.hasSuffix(".lock") { tag += "-tag" }
        return tag.contains { $0.isLetter || $0.isNumber } ? tag : nil
    }
}

extension ReleaseBuild {
    /// Makes a draft and starts the build that completes it.
    ///
    /// - Returns: the build's id.
    /// - Throws: where the build does not start, an error that names the draft.
    package func start(
        _ release: TestRelease, assetId: String?, of project: BuildProject
    ) async throws -> String {
        let draft = try await services.releases.call(release.creation)
        onNote(.draft(releaseId: draft.id, url: draft.url))
        do {
            return try await start(
                Request(branch: release.branch, assetId: assetId, releaseId: draft.id), of: project)
        } catch let problem as Diagnostic {
            throw problem.wrapped(
                in: "draft release \(draft.id) is there, but its build did not start",
                hint: "start it with `dssbatch start-release-build --release-id \(draft.id) "
                    + "--branch \(release.branch)`, or delete the draft")
        }
    }
}
