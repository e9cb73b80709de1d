import Diagnostics

/// Work that the cancellation of its caller does not reach, for a bounded time.
enum Shield {
    /// Runs `work` to its end, or until the time is up.
    ///
    /// The bound goes by the real clock, not by an injected one: it is there so that a run ends.
    ///
    /// - Parameters:
    ///   - seconds: how long; then `work` is cancelled, and given up where it does not end soon.
    ///   - what: what is given up then, for the diagnostic.
    /// - Throws: what `work` throws; `run.too-long`.
    static func run<T: Sendable>(
        seconds: Double, _ what: String, _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let (ends, end) = AsyncStream.makeStream(of: Result<T, any Error>.self)
        let task = Task.detached {
            do { end.yield(.success(try await work())) } catch { end.yield(.failure(error)) }
        }
        let timer = Task.detached {
            try await Task.sleep(for: .seconds(seconds))
            task.cancel()
            // Work that heeds its cancellation ends with its own error before this.
            try await Task.sleep(for: .seconds(min(10, seconds)))
            end.yield(.failure(tooLong(what, seconds)))
        }
        defer { timer.cancel() }
        // A stream's iteration ends with its task's cancellation; this one is a task of its own.
        let waiter = Task.detached { await ends.first { _ in true } }
        guard let first = await waiter.value else { throw tooLong(what, seconds) }
        do {
            return try first.get()
        } catch is CancellationError {
            throw tooLong(what, seconds)
        }
    }

    private static func tooLong(_ what: String, _ seconds: Double) -> Diagnostic {
        Diagnostic(
            code: "run.too-long", summary: "\(what) took longer than \(Int(seconds)) s",
            hint: "run the same command again: it removes what is left")
    }
}
