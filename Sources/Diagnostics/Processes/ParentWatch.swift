import Subprocess
import SystemPackage

/// A process beside this one that ends all that this one left running, however this one ends.
///
/// A signal at the parent's death (`PR_SET_PDEATHSIG`) comes when the *thread* ends that started a
/// program, and reaches no grandchildren. A pipe is closed by the kernel however a process ends:
/// a small shell waits for that, in a session of its own, and then looks for our mark in the
/// environments, as `ProcessTree` does.
///
/// Source: <https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html>
enum ParentWatch {
    /// `$1` is how the entry of the environment begins that all bear, `$2` the name of the folder
    /// by which ssh's masters are known, as `ProcessTree.masters` knows them.
    private static let script = """
        while read -r line; do :; done
        round=0
        while [ "$round" -lt 20 ]; do
          found=
          for file in $(grep -lsF -- "$1" /proc/[0-9]*/environ
            grep -lsaE -- "^ssh: /.*/$2/[^/]* \\[mux\\]" /proc/[0-9]*/cmdline); do
            process=${file#/proc/}
            kill -9 "${process%/*}" 2>/dev/null && found=1
          done
          [ -n "$found" ] || exit 0
          round=$((round + 1))
        done
        """

    /// Starts the watch of this process once, before whatever it is to watch over; nothing where
    /// there is no `/proc`.
    static func start() async { await started.value }

    private static let started = Task<Void, Never> {
        guard let owner = ProcessOwner.current else { return }
        let (isUp, up) = AsyncStream<Never>.makeStream()
        Task.detached {
            do {
                _ = try await Subprocess.run(
                    configuration(owner), input: .inputWriter, output: .sequence,
                    error: .discarded
                ) { watch in
                    up.finish()
                    // It says nothing and ends after us: until then its input stays open.
                    for try await _ in watch.standardOutput {}
                }
            } catch {
                // The next run ends what is left all the same, and whoever cannot start a shell
                // starts nothing else.
            }
            up.finish()
        }
        for await _ in isUp {}
    }

    private static func configuration(_ owner: ProcessOwner) -> Configuration {
        var options = PlatformOptions()
        // What is sent to our process group, from a terminal or by `kill -9`, does not reach it.
        options.createSession = true
        return Configuration(
            executable: .path("/bin/sh"),
            arguments: [
                "-c", script, "sh", "\(ProcessTree.variableName)=\(owner.text).", owner.text,
            ],
            environment: .custom(["PATH": "/usr/bin:/bin"]), platformOptions: options)
    }
}
