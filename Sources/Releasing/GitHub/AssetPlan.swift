import GitHub

/// A file that a release shall have.
struct ReleaseFile: Sendable, Equatable {
    let name: String
    let bytes: [UInt8]
    /// `sha256:` and 64 hexadecimal digits.
    let digest: String

    var contentType: String { name.hasSuffix(".md") ? "text/markdown" : "application/json" }

    /// Its name while an asset of its own name is still there.
    ///
    /// It says which contents it has, so that a later run can tell whether it is what it wants.
    var temporaryName: String {
        name + Self.temporaryPart + digest.dropFirst("sha256:".count).prefix(16)
    }

    static let temporaryPart = ".dssbatch-"

    /// Whether an asset is one that this program uploads under a temporary name for this file.
    func isTemporary(_ asset: GitHubAsset) -> Bool {
        let start = name + Self.temporaryPart
        guard asset.name.hasPrefix(start) else { return false }
        let rest = asset.name.dropFirst(start.count)
        return rest.count == 16 && rest.allSatisfy { $0.isHexDigit }
    }
}

/// What brings one file of a release up to date, a step at a time; a pure function.
///
/// Each step goes by what is there now, so that a run that was killed after any of them is
/// continued by the next. GitHub refuses two assets of one name and has no exchange, so the moment
/// between a deletion and a renaming is the shortest in which the file is missing.
enum AssetPlan {
    /// One call.
    enum Step: Sendable, Equatable {
        case delete(GitHubAsset)
        case upload(name: String)
        case rename(GitHubAsset, to: String)
    }

    /// Steps that a file takes at most: two remains away, up, old one away, renamed.
    static let stepLimit = 40

    /// The next step; nil where the file is as it shall be.
    static func next(for file: ReleaseFile, among assets: [GitHubAsset]) -> Step? {
        let own = assets.filter { $0.name == file.name || file.isTemporary($0) }
        if let half = own.first(where: { !$0.isUploaded }) { return .delete(half) }
        let current = own.first { $0.name == file.name }
        let isRight = current.map { isWhole($0, file) } ?? false
        let replacement = own.first { $0.name == file.temporaryName && isWhole($0, file) }
        if let old = own.first(where: { asset in
            asset.name != file.name && (isRight || asset.id != replacement?.id)
        }) {
            return .delete(old)
        }
        if isRight { return nil }
        if let replacement {
            return current.map { .delete($0) } ?? .rename(replacement, to: file.name)
        }
        return .upload(name: current == nil ? file.name : file.temporaryName)
    }

    private static func isWhole(_ asset: GitHubAsset, _ file: ReleaseFile) -> Bool {
        asset.sizeBytes == Int64(file.bytes.count) && asset.digest == file.digest
    }
}
