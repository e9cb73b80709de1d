import FoundationEssentials
import Glibc

/// All processes that came of one program, wherever they went.
///
/// A process group is not enough: Ansible's workers have sessions of their own, and those that
/// lost their parent belong to init. Every descendant inherits the environment though, so a mark
/// there finds them all, as Jenkins does it. Where there is no `/proc`, the group must do.
///
/// Source: <https://www.jenkins.io/doc/book/using/aborting-a-build/>
struct ProcessTree: Sendable {
    /// The environment variable that holds the mark.
    static let variableName = "DSS_PROCESS_TREE"
    private static let rounds = 5

    /// The value that is this tree's own: who started it, a dot, and what no other tree has.
    let mark = "\(ProcessOwner.current?.text ?? "").\(UUID().uuidString)"

    /// Waits until the leader has ended, at most for the grace and a little longer, then kills
    /// what is left.
    ///
    /// swift-subprocess sends SIGTERM to the group and stops when the leader has ended. The leader
    /// is not reaped before this returns, so its number cannot be another's.
    func end(leader: pid_t, graceSeconds: Double) async {
        // A task of its own, because one that is cancelled cannot sleep.
        await Task.detached {
            let deadline = ContinuousClock.now + .seconds(graceSeconds + 5)
            while !hasEnded(leader), ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(20))
            }
            kill(-leader, SIGKILL)
            // Again, because one may have started another just before.
            for _ in 0..<Self.rounds {
                let left = Self.marked { $0 == mark }.filter { $0 != leader }
                if left.isEmpty { return }
                for member in left { kill(member, SIGKILL) }
                try? await Task.sleep(for: .milliseconds(10))
            }
        }.value
    }

    /// Everything whose environment bears such a mark; a process that ended has none.
    static func marked(where isSought: (Substring) -> Bool) -> [pid_t] {
        let entry = Array("\(variableName)=".utf8)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            // Processes of others cannot be read, and are not ours to end.
            let bytes = (try? FileContents.read("/proc/\(process)/environ")) ?? []
            return bytes.split(separator: 0).contains { bytes in
                bytes.starts(with: entry)
                    && isSought(Substring(decoding: bytes.dropFirst(entry.count), as: UTF8.self))
            }
        }
    }

    /// The ssh masters of this user whose sockets lie in a folder with an owner's name.
    ///
    /// They write their title over their environment, and the mark with it: `ssh: PATH [mux]`.
    ///
    /// Source: <https://github.com/openssh/openssh-portable/blob/master/mux.c>
    static func masters(where isSought: (ProcessOwner) -> Bool) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            var status = stat()
            guard stat("/proc/\(process)", &status) == 0, status.st_uid == geteuid(),
                let bytes = try? FileContents.read("/proc/\(process)/cmdline")
            else { return false }
            let title = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            guard title.hasPrefix("ssh: /"), title.hasSuffix(" [mux]") else { return false }
            let folder = title.split(separator: "/").dropLast().last
            return folder.flatMap { ProcessOwner(ofMark: $0) }.map(isSought) == true
        }
    }

    private func hasEnded(_ leader: pid_t) -> Bool {
        var information = siginfo_t()
        let result = waitid(P_PID, id_t(leader), &information, WEXITED | WNOHANG | WNOWAIT)
        // The number stays zero where nothing has happened yet.
        return result != 0 || information.si_signo == SIGCHLD
    }
}
