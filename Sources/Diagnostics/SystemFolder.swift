import Glibc

/// Folders that the system names.
package enum SystemFolder {
    /// Where temporary files belong: `TMPDIR`, else `/tmp`; without a slash at the end.
    package static var temporary: String {
        guard let named = getenv("TMPDIR"), named.pointee != 0 else { return "/tmp" }
        var path = Substring(String(cString: named))
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }
}
