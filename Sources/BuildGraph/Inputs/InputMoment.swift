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

extension InputDigests {
    /// Whether it says what an input stands for; of a setting there is nothing to say.
    func has(_ input: StageInput) -> Bool {
        switch input {
        case .setting: true
        case .file(let path): files[path] != nil
        case .folder(let path): folders[path] != nil
        }
    }

    /// What it says of some inputs.
    func only(_ inputs: [StageInput]) -> InputDigests {
        var part = InputDigests()
        for input in inputs {
            switch input {
            case .setting: continue
            case .file(let path):
                if let file = files[path] { part.setFile(path, digest: file.digest) }
            case .folder(let path):
                if let contents = folders[path] { part.setSorted(path, contents) }
            }
        }
        return part
    }
}
