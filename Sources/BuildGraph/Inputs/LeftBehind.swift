import Glibc

/// What editors, linters and systems leave in folders while nobody edits what lies there.
///
/// Only names that nobody gives to what Ansible shall use. `.orig`, `.bak`, `.vscode` and the like
/// are none: people copy such files to machines.
///
/// Sources: Vim's `:help swap-file`, its `4913` in `buf_write()`, GNU Emacs's "Auto Save" and
/// "Interlocking", fs/nfs/unlink.c in Linux (`.nfs` and hexadecimal digits), libfuse's
/// `.fuse_hidden`, GVfs's `.goutputstream-`, LibreOffice's `.~lock.`, Apple's AppleDouble (`._`).
enum LeftBehind {
    private static let names: Set<String> = [".git", "__pycache__", ".DS_Store"]
    private static let folders: Set<String> = [
        ".hg", ".svn", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".tox",
        ".ipynb_checkpoints", ".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems",
    ]
    private static let files: Set<String> = ["Thumbs.db", ".apdisk", ".localized"]
    /// What Vim writes to learn whether it may write in a folder: empty, and gone at once.
    private static let trial = "4913"

    /// Whether a file or folder of a folder is such a thing.
    static func has(_ name: [UInt8], _ status: stat) -> Bool {
        // None of the names is other than ASCII in what is looked at.
        let text = String(decoding: name, as: UTF8.self)
        if isAnyKind(text) { return true }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return folders.contains(text)
        // Of a link nobody knows by its recorded path that it was one.
        case S_IFLNK: return folders.contains(text) || isFile(text)
        default: return isFile(text) || (text == trial && status.st_size == 0)
        }
    }

    /// Whether a file has a name that counted once and does not any more, as far as names alone
    /// tell.
    ///
    /// - Parameter path: behind the declared folder, whose own name is nobody's leftover.
    static func has(path: String) -> Bool {
        var names = path.split(separator: "/").map(String.init)
        guard let file = names.popLast() else { return false }
        return isFile(file) || names.contains { folders.contains($0) }
    }

    /// Whether a declared folder would pass a file over that is not there yet.
    ///
    /// - Parameter path: behind the folder.
    static func passesOver(path: String) -> Bool {
        has(path: path) || path.split(separator: "/").contains { isAnyKind(String($0)) }
    }

    private static func isAnyKind(_ name: String) -> Bool {
        names.contains(name)
            || name.hasSuffix("~") || name.hasSuffix(".pyc") || name.hasPrefix(".#")
            || (name.hasPrefix(".") && name.hasSuffix(".swp"))
            || (name.hasPrefix("#") && name.hasSuffix("#"))
    }

    private static func isFile(_ name: String) -> Bool {
        files.contains(name) || name.hasSuffix(".pyo") || name.hasPrefix("._")
            || isHexadecimal(name.suffix(after: ".nfs"))
            || isHexadecimal(name.suffix(after: ".fuse_hidden"))
            || name.hasPrefix(".goutputstream-") || name.hasPrefix(".~lock.")
            || isSwap(name)
            || name.hasSuffix("___jb_tmp___") || name.hasSuffix("___jb_old___")
    }

    /// Vim counts `.swp`, `.swo` down to `.saa`; what is not `.sw?` it hardly ever reaches.
    private static func isSwap(_ name: String) -> Bool {
        guard name.hasPrefix(".") else { return false }
        let end = Array(name.utf8.suffix(4))
        return name.hasSuffix(".kate-swp")
            || end.count == 4 && end.starts(with: ".sw".utf8)
                && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(end[3])
    }

    private static func isHexadecimal(_ text: String?) -> Bool {
        text.map { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isHexDigit } } == true
    }
}
