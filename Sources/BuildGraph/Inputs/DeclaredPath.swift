/// A file or folder that a stage declares; equal where its bytes are.
struct DeclaredPath: Sendable, Hashable {
    /// Whether every file under it counts.
    let isFolder: Bool
    /// As the stage names it.
    let path: String

    /// Names one.
    init(isFolder: Bool, path: String) {
        self.isFolder = isFolder
        self.path = path
    }

    /// What an input declares; nil for a setting.
    init?(_ input: StageInput) {
        switch input {
        case .setting: return nil
        case .file(let path): self.init(isFolder: false, path: path)
        case .folder(let path): self.init(isFolder: true, path: path)
        }
    }

    /// The input that declares it.
    var input: StageInput { isFolder ? .folder(path: path) : .file(path: path) }

    static func == (left: DeclaredPath, right: DeclaredPath) -> Bool {
        left.isFolder == right.isFolder && left.path.utf8.elementsEqual(right.path.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(isFolder)
        for byte in path.utf8 { hasher.combine(byte) }
    }

    /// Whether it can stand in a line of fields with tabs in between.
    var isPlain: Bool {
        !path.utf8.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }
    }
}
