import Diagnostics
import Glibc

/// The names in a folder, by the system's own calls: many times faster than Foundation's.
enum FolderListing {
    /// Every name but `.` and `..`, in no order.
    ///
    /// - Throws: `file.not-found`, `file.unreadable`.
    static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            let code = errno
            throw Diagnostic(
                code: code == ENOENT ? "file.not-found" : "file.unreadable",
                severity: .configuration, summary: "cannot read the folder `\(folder)`",
                location: folder, causes: [SystemErrorText.text(code)])
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { start in
                let size = MemoryLayout.size(ofValue: entry.pointee.d_name)
                return start.withMemoryRebound(to: CChar.self, capacity: size) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
