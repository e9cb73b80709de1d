/// The digests of what stages read from disk, as one moment saw them.
package struct InputDigests: Sendable, Equatable {
    /// One file that an input stands for.
    package struct File: Sendable, Equatable {
        /// Relative to the project, as it is recorded after `file:`.
        package let path: String
        /// Of the mode and contents: `sha256:…`.
        package let digest: String

        /// Makes one.
        package init(path: String, digest: String) {
            self.path = path
            self.digest = digest
        }
    }

    /// What each declared file stands for: itself.
    private(set) var files: [String: File] = [:]
    /// What each declared folder stands for: every file under it, sorted by path.
    private(set) var folders: [String: [File]] = [:]

    /// Holds nothing.
    package init() {}

    /// Sets what a declared file stands for.
    package mutating func setFile(_ path: String, digest: String) {
        files[path] = File(path: path, digest: digest)
    }

    /// Sets what a declared folder stands for.
    package mutating func setFolder(_ path: String, _ contents: [File]) {
        folders[path] = contents.sorted { $0.path < $1.path }
    }

    /// As `setFolder`, of files that are sorted already.
    mutating func setSorted(_ path: String, _ contents: [File]) { folders[path] = contents }

    /// The files of one input; none for a setting.
    package func files(of input: StageInput) -> [File] {
        switch input {
        case .setting: []
        case .file(let path): files[path].map { [$0] } ?? []
        case .folder(let path): folders[path] ?? []
        }
    }

    /// Takes over everything that another moment saw.
    package mutating func merge(_ other: InputDigests) {
        files.merge(other.files) { _, new in new }
        folders.merge(other.folders) { _, new in new }
    }

    /// The files by path with their digests.
    package func byPath(_ inputs: [StageInput]) -> [String: String] {
        var all: [String: String] = [:]
        for input in inputs {
            for file in files(of: input) { all[file.path] = file.digest }
        }
        return all
    }
}
