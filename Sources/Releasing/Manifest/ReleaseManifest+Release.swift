import Diagnostics
package import GitHub
import JSON

extension ReleaseManifest {
    /// The section `/release`.
    package struct Release: Sendable, Equatable {
        /// Where releases are published.
        package let repository: RepositoryName
        /// The release that is updated; nil to publish nothing.
        package let id: Int64?

        /// The environment variable that sets `/release/id`.
        package static let idVariable = "DSS_RELEASE_ID"
        static let idPointer = "/release/id"

        /// Checks the section.
        init(_ reader: JSONReader) throws {
            let release = try reader.object(allowing: ["repository", "id"])
            let name = try release.required("repository")
            let text = try name.string(
                allowed: "`OWNER/NAME` out of letters, digits and `- _ .`",
                where: { RepositoryName($0) != nil })
            guard let repository = RepositoryName(text) else {
                throw name.diagnostic(
                    code: "manifest.repository", summary: "`\(text)` is no repository",
                    hint: "write `OWNER/NAME`")
            }
            self.repository = repository
            id = try release.optional("id").map { Int64(try $0.integer(in: 1...Int.max)) }
        }

        /// The manifest with the environment's id.
        ///
        /// - Throws: `manifest.release-id`.
        static func setting(id text: String, of document: JSONValue) throws -> JSONValue {
            guard let id = Int64(text), id > 0 else {
                throw Diagnostic(
                    code: "manifest.release-id", severity: .configuration,
                    summary: "environment variable `\(idVariable)` is `\(text)`, and no number "
                        + "above 0",
                    hint: "set it to the id of a release, not its tag, or unset it")
            }
            return try document.setting(JSONPointer(parsing: idPointer), to: .integer(id))
        }
    }

    /// The release that is to be updated.
    ///
    /// - Throws: `manifest.no-release-id`.
    package func requireRelease() throws {
        guard release?.id != nil else {
            throw Diagnostic(
                code: "manifest.no-release-id", severity: .configuration,
                summary: "nothing says which release of GitHub is to be updated", location: path,
                hint: "name it with `--release-id` and, where the manifest has no section "
                    + "`/release`, `--repository`; `gh api repos/OWNER/NAME/releases` lists ids")
        }
    }
}
