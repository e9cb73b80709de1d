import Glibc

/// A question on the terminal that is answered with yes or no.
enum TerminalQuestion {
    /// Whether somebody is there to answer.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks; without a terminal, or without an answer in time, it is no.
    static func ask(_ question: String, patienceSeconds: Int) async -> Bool {
        guard canAsk else { return false }
        StandardStreams.writeError("\(question) [y/N] ")
        // In a thread of its own: reading blocks.
        return await Task.detached {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&input, 1, Int32(patienceSeconds * 1000)) == 1 else {
                StandardStreams.writeError("\n")
                return false
            }
            return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
        }.value
    }
}
