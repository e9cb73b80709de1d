import Glibc

/// What `stat` says of a file: equal ones mean equal contents, unless the file was written
/// while it was read or right before (see `isSettled`).
struct FileFingerprint: Equatable {
    let sizeBytes: Int64
    let modifiedNanoseconds: Int64
    /// When the file's status changed.
    ///
    /// Nobody can set it back, so it catches an edit of the same size whose modification time
    /// was restored.
    let changedNanoseconds: Int64
    let inode: UInt64

    init(sizeBytes: Int64, modifiedNanoseconds: Int64, changedNanoseconds: Int64, inode: UInt64) {
        self.sizeBytes = sizeBytes
        self.modifiedNanoseconds = modifiedNanoseconds
        self.changedNanoseconds = changedNanoseconds
        self.inode = inode
    }

    init(_ status: stat) {
        self.init(
            sizeBytes: Int64(status.st_size),
            modifiedNanoseconds: Self.nanoseconds(status.st_mtim),
            changedNanoseconds: Self.nanoseconds(status.st_ctim), inode: UInt64(status.st_ino))
    }

    /// Whether every later edit is certain to show in the fingerprint.
    ///
    /// Git's racy rule: an edit within the same tick of the file system's clock leaves the same
    /// times, so a file that is that young when it is read is read again next time. A tick is a few
    /// milliseconds where the times have fractions, and up to two seconds where they have none.
    ///
    /// Source: <https://git-scm.com/docs/racy-git>
    ///
    /// - Parameter nowNanoseconds: when the reading began.
    func isSettled(at nowNanoseconds: Int64) -> Bool {
        let isCoarse = changedNanoseconds % 1_000_000_000 == 0
        let tick: Int64 = isCoarse ? 2_000_000_000 : 50_000_000
        return max(modifiedNanoseconds, changedNanoseconds) + tick < nowNanoseconds
    }

    /// The present moment by the clock that file times go by.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
