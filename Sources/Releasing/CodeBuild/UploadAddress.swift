import Diagnostics
package import GitHub

/// The `upload_url` of a release, by which GitHub's events and actions name it.
package struct UploadAddress: Sendable, Equatable {
    package let repository: RepositoryName
    package let releaseId: Int64

    /// Reads `https://uploads.github.com/repos/OWNER/NAME/releases/ID/assets{?name,label}`, or the
    /// same of a GitHub Enterprise Server, below `/api/uploads`.
    ///
    /// - Throws: `usage.upload-url`.
    package init(_ text: String) throws {
        let form =
            #/https?://[^/\s?#@]+(?:/api/uploads)?/repos/(.+)/releases/(\d+)/assets(?:[{?].*)?/#
        guard let match = text.wholeMatch(of: form),
            let repository = RepositoryName(String(match.1)),
            let id = Int64(match.2), id > 0
        else {
            throw Diagnostic(
                code: "usage.upload-url", severity: .configuration,
                summary: "`--upload-url \(text)` is no upload address of a release",
                hint: "give the release's `upload_url`, such as `https://uploads.github.com/repos/"
                    + "OWNER/NAME/releases/123456/assets{?name,label}` in quotes, or "
                    + "`--release-id 123456`")
        }
        self.repository = repository
        releaseId = id
    }

    /// The release that a command line names, in one way or the other.
    ///
    /// - Parameters:
    ///   - uploadUrl: of `--upload-url`.
    ///   - releaseId: of `--release-id`.
    ///   - repository: the manifest's; nil where it has none.
    /// - Throws: `usage.arguments`, `usage.release-id`, `usage.upload-url`,
    ///   `usage.other-repository`.
    package static func releaseId(
        uploadUrl: String?, releaseId: Int64?, repository: RepositoryName?
    ) throws -> Int64 {
        switch (uploadUrl, releaseId) {
        case (let text?, nil):
            let address = try UploadAddress(text)
            if let repository, address.isElsewhere(than: repository) {
                throw Diagnostic(
                    code: "usage.other-repository", severity: .configuration,
                    summary: "`--upload-url` names a release of `\(address.repository)`, and the "
                        + "manifest's repository is `\(repository)`",
                    hint: "name a release of `\(repository)`, or correct `/release/repository`")
            }
            return address.releaseId
        case (nil, let id?) where id > 0: return id
        case (nil, let id?):
            throw Diagnostic(
                code: "usage.release-id", severity: .configuration,
                summary: "`--release-id \(id)` is no id: ids are above 0",
                hint: "`gh api repos/OWNER/NAME/releases` lists ids")
        default:
            throw Diagnostic(
                code: "usage.arguments", severity: .configuration,
                summary: "exactly one of `--upload-url` and `--release-id` is needed",
                hint: "give for instance `--release-id 123456`")
        }
    }

    /// GitHub does not tell capital from small letters.
    private func isElsewhere(than other: RepositoryName) -> Bool {
        repository.description.lowercased() != other.description.lowercased()
    }
}
