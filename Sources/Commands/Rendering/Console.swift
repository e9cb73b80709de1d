import Glibc

/// Where a command writes, data to one stream and everything else to another, and who answers it.
struct Console: Sendable {
    private let output: @Sendable (String) -> Void
    private let error: @Sendable (String) -> Void
    /// Waits so many seconds for a line, unless its task is cancelled; nil where none came.
    private let answer: @Sendable (_ patienceSeconds: Int) -> String?
    /// How often it looks whether it still has to wait.
    private static let looksInASecond = 5
    /// Whether somebody is there to answer.
    let canAsk: Bool
    /// The terminal that data goes to, as large as it is now; nil where it goes elsewhere.
    let outputTerminal: @Sendable () -> TerminalSize?
    /// The terminal that everything else goes to.
    let errorTerminal: @Sendable () -> TerminalSize?

    init(
        output: @escaping @Sendable (String) -> Void, error: @escaping @Sendable (String) -> Void,
        answer: @escaping @Sendable (Int) -> String?, canAsk: Bool,
        outputTerminal: @escaping @Sendable () -> TerminalSize?,
        errorTerminal: @escaping @Sendable () -> TerminalSize?
    ) {
        self.output = output
        self.error = error
        self.answer = answer
        self.canAsk = canAsk
        self.outputTerminal = outputTerminal
        self.errorTerminal = errorTerminal
    }

    /// Writes data.
    func writeOutput(_ text: String) { output(text) }

    /// Writes a line of data.
    func printLine(_ text: String) { output(text + "\n") }

    /// Writes what is no data.
    func writeError(_ text: String) { error(text) }

    /// Asks a question that is answered with yes or no; without anybody to ask, or without an
    /// answer in time, it is no.
    ///
    /// - Parameter isOfTheWork: whether the question ends with the work that is cancelled; else it
    ///   is about what becomes of that.
    func ask(_ question: String, patienceSeconds: Int, isOfTheWork: Bool) async -> Bool {
        guard canAsk else { return false }
        error("\(question) [y/N] ")
        let answer = answer
        // In a thread of its own: reading blocks.
        let asking = Task.detached {
            guard let line = answer(patienceSeconds) else { return false }
            return ["y", "yes"].contains(line.lowercased())
        }
        return await withTaskCancellationHandler {
            await asking.value
        } onCancel: {
            if isOfTheWork { asking.cancel() }
        }
    }
}

extension Console {
    /// Standard output, standard error and standard input of this process.
    static var standard: Console {
        Console(
            output: StandardStreams.writeOutput, error: StandardStreams.writeError,
            answer: { patienceSeconds in
                var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                for _ in 0..<(patienceSeconds * looksInASecond) where !Task.isCancelled {
                    if poll(&input, 1, Int32(1000 / looksInASecond)) == 1 { return readLine() }
                }
                StandardStreams.writeError("\n")
                return nil
            },
            canAsk: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
            outputTerminal: { TerminalSize.of(STDOUT_FILENO) },
            errorTerminal: { TerminalSize.of(STDERR_FILENO) })
    }
}
