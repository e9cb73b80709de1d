import Glibc

/// What tells this build of the program from another, whose stages may behave otherwise.
package enum ProgramFingerprint {
    /// Size, times and inode of the executable; nil where the system does not say.
    package static var text: String? {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        let file = FileFingerprint(status)
        return "\(file.sizeBytes) \(file.modifiedNanoseconds) \(file.changedNanoseconds) "
            + "\(file.inode)"
    }
}
