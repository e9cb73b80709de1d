import Glibc

/// A process beside this one that ends all that this one left running, however this one ends.
///
/// A signal at the parent's death (`PR_SET_PDEATHSIG`) comes when the *thread* ends that started a
/// program, and reaches no grandchildren. A pipe is closed by the kernel however a process ends:
/// a small shell waits for that, in a session of its own, and then looks for our mark in the
/// environments, as `ProcessTree` does.
///
/// Source: <https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html>
enum ParentWatch {
    /// `$1` is how the entry of the environment begins that all bear.
    private static let script = """
        cat >/dev/null || exit 0
        round=0
        while [ "$round" -lt 20 ]; do
          found=
          for file in $(grep -lsF -- "$1" /proc/[0-9]*/environ); do
            process=${file#/proc/}
            kill -9 "${process%/environ}" 2>/dev/null && found=1
          done
          [ -n "$found" ] || exit 0
          round=$((round + 1))
        done
        """

    /// Starts the watch of this process once; nothing where there is no `/proc`.
    static func start() { _ = started }

    private static let started: Bool = {
        guard let owner = ProcessOwner.current else { return false }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        // No other program is started before this has ended. The writing end is never closed: the
        // kernel does it.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        return spawn("\(ProcessTree.variableName)=\(owner.text).", reading: ends[0])
    }()

    /// `POSIX_SPAWN_SETSID`, which Swift's view of glibc leaves out.
    ///
    /// Source: <https://sourceware.org/git/?p=glibc.git;a=blob;f=posix/spawn.h>
    private static let newSession: Int16 = 0x80

    private static func spawn(_ entry: String, reading pipe: Int32) -> Bool {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, pipe, STDIN_FILENO)
        // It would hold a reader of our output up.
        for output in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
        }
        // What is sent to our process group, from a terminal or by `kill -9`, does not reach it.
        posix_spawnattr_setflags(&attributes, newSession)
        var words = pointers(["sh", "-c", script, "sh", entry])
        var environment = pointers(["PATH=/usr/bin:/bin"])
        defer { for text in words + environment { free(text) } }
        var process = pid_t()
        return posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, &environment) == 0
    }

    /// Copies for C, with null at the end; who asks frees them.
    private static func pointers(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var copies: [UnsafeMutablePointer<CChar>?] = []
        for text in texts { copies.append(strdup(text)) }
        return copies + [nil]
    }
}
