package import HTTP

/// Uploads a file to a release, at the address that the release itself names.
///
/// Where it failed, look at the assets before a second call: the file may have arrived, whole or
/// as a half upload, which has to be deleted.
/// Source: <https://docs.github.com/en/rest/releases/assets?apiVersion=2022-11-28#upload-a-release-asset>
package struct UploadReleaseAsset: GitHubOperation {
    package let repository: RepositoryName
    /// The release's address for uploads, without the template's end.
    let address: String
    let name: String
    let contentType: String
    let bytes: [UInt8]

    /// Names the file.
    ///
    /// - Parameter uploadUrl: as the release gives it, such as `https://…/assets{?name,label}`.
    package init(
        repository: RepositoryName, uploadUrl: String, name: String, contentType: String,
        bytes: [UInt8]
    ) {
        self.repository = repository
        address = String(uploadUrl.prefix { $0 != "{" })
        self.name = name
        self.contentType = contentType
        self.bytes = bytes
    }

    package var call: ServerCall {
        var call = ServerCall(
            method: "POST", .url(address), query: [("name", name)], purpose: "upload `\(name)`",
            isRepeatable: false, limitSeconds: 600)
        call.headers = [("Content-Type", contentType)]
        call.body = .bytes(bytes)
        return call
    }

    package func output(_ answer: GitHubAnswer) throws -> GitHubAsset {
        try GitHubAsset(answer.json())
    }
}
