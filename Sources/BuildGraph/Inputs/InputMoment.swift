import Synchronization

/// What declared files are at one moment, each looked at once however many graphs declare it.
package final class InputMoment: Sendable {
    private let digester: InputDigester
    private let known = Mutex(InputDigests())

    /// Looks at nothing yet.
    package init(_ digester: InputDigester) { self.digester = digester }

    /// What some inputs stand for.
    ///
    /// - Throws: as `InputDigester.digest(_:)`.
    package func digest(_ inputs: [StageInput]) throws -> InputDigests {
        try known.withLock { known in
            let new = inputs.filter { !known.has($0) }
            if !new.isEmpty { known.merge(try digester.digest(new)) }
            return known.only(inputs)
        }
    }
}
