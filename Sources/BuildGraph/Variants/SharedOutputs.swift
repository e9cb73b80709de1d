import Diagnostics
import JSON

/// What a stage gave.
struct SharedResult: Sendable {
    let outputs: JSONValue
    /// The files beside its result that belong to it, by name.
    let documents: [String: [UInt8]]
}

/// What stages that may be shared gave, by their keys: of many runs the first does the work, and
/// the others take its outputs.
package actor SharedOutputs {
    private static let attemptLimit = 3

    private var tasks: [String: Task<SharedResult, any Error>] = [:]

    /// Holds nothing yet.
    package init() {}

    /// What a key stands for, made at the first asking; an error counts for all who ask.
    ///
    /// Somebody whose run is cancelled ends what is being made; who still wants it makes it again.
    ///
    /// - Throws: what `make` throws; `CancellationError`.
    func result(
        of key: String, make: @escaping @Sendable () async throws -> SharedResult
    ) async throws -> SharedResult {
        for _ in 0..<Self.attemptLimit {
            try Task.checkCancellation()
            let task = tasks[key] ?? Task { try await make() }
            tasks[key] = task
            let result = await withTaskCancellationHandler {
                await task.result
            } onCancel: {
                task.cancel()
            }
            guard case .failure = result, task.isCancelled else { return try result.get() }
            if tasks[key] == task { tasks[key] = nil }
        }
        throw CancellationError()
    }
}
