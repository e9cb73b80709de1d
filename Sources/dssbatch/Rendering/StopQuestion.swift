import Foundation

/// Ctrl-C while a build is followed: whether the build is stopped too.
enum StopQuestion {
    private static let patienceSeconds = 60

    /// Asks on the terminal; without one, or without an answer, it is no.
    static func ask(about build: String) -> Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return false }
        StandardStreams.writeError("\nstop build \(build) too? [y/N] ")
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&input, 1, Int32(patienceSeconds * 1000)) == 1 else {
            StandardStreams.writeError("\n")
            return false
        }
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
