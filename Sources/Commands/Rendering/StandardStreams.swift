import Diagnostics
import Glibc
import Synchronization

/// The two streams: data on standard output, everything else on standard error.
enum StandardStreams {
    /// Why data was lost, as `errno` of the first time; nil where none was.
    private static let lost = Mutex<Int32?>(nil)

    /// Writes data as it is: it has no secrets, and a weak one may be part of a name in it.
    static func writeOutput(_ text: String) {
        guard let problem = write(text, to: STDOUT_FILENO) else { return }
        // A reader that went away wants no more: SIGPIPE is for programs that only filter.
        if problem != EPIPE { lost.withLock { $0 = $0 ?? problem } }
    }

    /// The status to end with, an error told where data was lost: what runs is not stopped for it.
    static func status(_ status: ExitStatus) -> ExitStatus {
        guard let problem = lost.withLock({ $0 }) else { return status }
        let error = Diagnostic(
            code: "output.unwritable", summary: "cannot write to standard output",
            causes: [SystemErrorText.text(problem)],
            hint: "what was to be done is done and recorded: write to another place")
        writeError("\(error)\n")
        return status == .fresh ? .failed : status
    }

    /// Writes what is no data.
    static func writeError(_ text: String) {
        _ = write(ShownText.redacted(text), to: STDERR_FILENO)
    }

    /// - Returns: `errno` where not all could be written.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { buffer in
                retryingInterrupted { Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
            }
            if count <= 0 { return errno }
            bytes = bytes.dropFirst(count)
        }
        return nil
    }
}
