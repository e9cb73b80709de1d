import Diagnostics
import Glibc
import JSON

/// A held `flock` on a results folder's `.lock`; the file says who holds it.
///
/// `flock` and no file that merely exists, so that a crash releases it. Breaking puts another file
/// in its place: the broken run still holds its own, now nameless one, and finds that out by
/// comparing the two.
final class FolderLock: Sendable {
    /// What asking for the lock answered.
    enum Outcome {
        case taken(FolderLock)
        /// Somebody holds it; nil where they have not written down who they are yet.
        case held(LockInfo?)
    }

    private let path: String
    private let descriptor: Int32
    /// A link would lead to a file that others lock or need; a pipe would be waited for.
    private static let openFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        // Who reads the file while nobody holds the lock goes by `flock`, not by its contents.
        if Self.isCurrent(descriptor, path) { ftruncate(descriptor, 0) }
        close(descriptor)
    }

    /// Takes the lock where it is free.
    ///
    /// - Throws: `results.unwritable`, `results.disk-full`.
    static func take(folder: String, info: LockInfo) throws -> Outcome {
        let guardFile = try Guard(folder: folder)
        defer { withExtendedLifetime(guardFile) {} }
        let path = "\(folder)/.lock"
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | openFlags, 0o644)
            guard descriptor >= 0 else { throw failure(folder, errno) }
            guard lockSoon(descriptor) else {
                let holder = read(descriptor)
                close(descriptor)
                return .held(holder)
            }
            guard isCurrent(descriptor, path) else {
                close(descriptor)
                continue
            }
            let lock = FolderLock(path: path, descriptor: descriptor)
            try lock.write(info, folder)
            return .taken(lock)
        }
    }

    /// A few tries: `holder` takes a shared lock for a moment, which is nobody's run.
    private static func lockSoon(_ descriptor: Int32) -> Bool {
        for _ in 0..<3 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(2_000)
        }
        return false
    }

    /// Makes sure that nobody has put another file in place.
    ///
    /// - Throws: `results.lock-lost`.
    func check() throws {
        guard !Self.isCurrent(descriptor, path) else { return }
        throw LockProblem.lost(path)
    }

    /// Who holds the lock of a folder.
    static func holder(folder: String) throws -> LockInfo? {
        let descriptor = open("\(folder)/.lock", O_RDONLY | openFlags)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(folder, errno)
        }
        defer { close(descriptor) }
        // A shared lock for a moment: it fails exactly where somebody holds the lock.
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else {
            flock(descriptor, LOCK_UN)
            return nil
        }
        return read(descriptor)
    }

    /// Breaks the lock of one run and no other.
    ///
    /// - Throws: `results.not-locked`, `results.locked-by-other`.
    static func breakLock(of runId: String, folder: String, time: any TimeSource) async throws {
        guard access(folder, F_OK) == 0 else { throw LockProblem.notLocked(folder) }
        // While this is held nobody can take the lock, so what is read now stays true.
        let guardFile = try Guard(folder: folder)
        defer { withExtendedLifetime(guardFile) {} }
        guard let holder = try holder(folder: folder) else { throw LockProblem.notLocked(folder) }
        guard holder.runId == runId else {
            throw LockProblem.heldByOther(holder, than: runId, folder)
        }
        try AtomicFile.write([], to: "\(folder)/.lock")
    }

    private static func failure(_ folder: String, _ code: Int32) -> Diagnostic {
        FolderResultStore.unwritable(
            Diagnostic(
                code: code == ENOSPC ? "file.disk-full" : "file.unwritable",
                summary: "cannot take the lock", causes: [SystemErrorText.text(code)]),
            folder)
    }

    private static func isCurrent(_ descriptor: Int32, _ path: String) -> Bool {
        var mine = stat()
        var named = stat()
        return fstat(descriptor, &mine) == 0 && stat(path, &named) == 0
            && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev
    }

    private static func read(_ descriptor: Int32) -> LockInfo? {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        // Another run's half-written file is as good as none: it is only there to be shown.
        return try? JSONValue.parse(Array(bytes[..<count]), source: ".lock")
            .decoded(as: LockInfo.self)
    }

    private func write(_ info: LockInfo, _ folder: String) throws {
        let bytes = Array(try JSONValue.encoding(info).prettyText.utf8)
        guard ftruncate(descriptor, 0) == 0,
            pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
        else { throw Self.failure(folder, errno) }
    }

    /// A second, short lock: taking and breaking exclude each other.
    private final class Guard: Sendable {
        private let descriptor: Int32

        init(folder: String) throws {
            descriptor = open(
                "\(folder)/.lock-guard", O_RDWR | O_CREAT | FolderLock.openFlags, 0o644)
            guard descriptor >= 0 else { throw FolderLock.failure(folder, errno) }
            // Held for microseconds; a process that is stopped in between is waited for a little.
            for _ in 0..<500 {
                if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
                usleep(10_000)
            }
            throw FolderLock.failure(folder, EWOULDBLOCK)
        }

        deinit { if descriptor >= 0 { close(descriptor) } }
    }
}
