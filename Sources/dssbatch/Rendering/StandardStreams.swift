import Glibc

/// The two streams: data on standard output, everything else on standard error.
enum StandardStreams {
    /// Writes data.
    static func writeOutput(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes a line of data.
    static func printLine(_ text: String) { writeOutput(text + "\n") }

    /// Writes what is no data.
    static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            // A reader that went away wants no more: SIGPIPE is for programs that only filter.
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
