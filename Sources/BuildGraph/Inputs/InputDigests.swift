/// The digests of what stages read from disk, as one moment saw them.
package struct InputDigests: Sendable, Equatable {
    /// One file that an input stands for.
    package struct File: Sendable, Equatable {
        /// Relative to the project, as it is recorded after `file:` (see `PathText`).
        package let path: String
        /// Of the mode and contents: `sha256:…`.
        package let digest: String

        /// Makes one.
        package init(path: String, digest: String) {
            self.path = path
            self.digest = digest
        }
    }

    /// What each declared path stands for: a file for itself, a folder for every file under it,
    /// sorted by path.
    private(set) var contents: [DeclaredPath: [File]] = [:]

    /// Holds nothing.
    package init() {}

    /// Sets what a declared file stands for.
    package mutating func setFile(_ path: String, digest: String) {
        contents[DeclaredPath(isFolder: false, path: path)] = [
            File(path: PathText.of(path.utf8), digest: digest)
        ]
    }

    /// Sets what a declared folder stands for.
    package mutating func setFolder(_ path: String, _ files: [File]) {
        set(DeclaredPath(isFolder: true, path: path), files)
    }

    /// Sets what a declared path stands for.
    mutating func set(_ declared: DeclaredPath, _ files: [File]) {
        contents[declared] = files.sorted { $0.path < $1.path }
    }

    /// The files of one input; none for a setting.
    package func files(of input: StageInput) -> [File] {
        DeclaredPath(input).flatMap { contents[$0] } ?? []
    }

    /// Whether it says what an input stands for; of a setting there is nothing to say.
    func has(_ input: StageInput) -> Bool {
        DeclaredPath(input).map { contents[$0] != nil } ?? true
    }

    /// What it says of some inputs.
    func only(_ inputs: [StageInput]) -> InputDigests {
        var part = InputDigests()
        for path in inputs.compactMap(DeclaredPath.init) { part.contents[path] = contents[path] }
        return part
    }

    /// Takes over everything that another moment saw.
    package mutating func merge(_ other: InputDigests) {
        contents.merge(other.contents) { _, new in new }
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
