/// A place for small objects with conditional writes, such as a folder of an S3 bucket.
///
/// A version is whatever the place tells apart an object's states by, such as an `ETag`.
package protocol ResultObjects: Sendable {
    /// Where this is, as a person would name it: an `s3://` address.
    var location: String { get }

    /// The objects that lie here and not deeper: name to version.
    func list() async throws -> [String: String]
    /// Reads one; nil where there is none.
    func read(_ name: String) async throws -> ResultObject?
    /// Writes one whole, in one step.
    ///
    /// Where the answer to a write was lost, it may be refused though it came about: read it back.
    ///
    /// - Parameter version: what it has to be now; nil where it must not be there.
    /// - Returns: its version then; nil where it is something else, and nothing was written.
    func write(_ name: String, _ bytes: [UInt8], over version: String?) async throws -> String?
    /// Deletes one, unless it is another by now.
    ///
    /// - Returns: whether it is gone.
    func delete(_ name: String, version: String) async throws -> Bool
}

/// One object as it was read.
package struct ResultObject: Sendable, Equatable {
    package let bytes: [UInt8]
    package let version: String
    /// Since it was written, by the place's own clock; nil where that does not say.
    package let ageSeconds: Double?

    /// Makes one; see the properties.
    package init(bytes: [UInt8], version: String, ageSeconds: Double?) {
        self.bytes = bytes
        self.version = version
        self.ageSeconds = ageSeconds
    }
}

/// What became of a conditional write, answers that were lost made up for.
enum ConditionalWrite {
    /// It is there, with that version.
    case written(String)
    /// Something else is there, or nothing where something was said to be.
    case refused(ResultObject?)
}

extension ResultObjects {
    /// Writes an object, and looks what is there where that is refused: an earlier attempt at the
    /// same write may have arrived without its answer.
    func put(
        _ name: String, _ bytes: [UInt8], over version: String?
    ) async throws -> ConditionalWrite {
        if let written = try await write(name, bytes, over: version) { return .written(written) }
        let found = try await read(name)
        if let found, found.bytes == bytes { return .written(found.version) }
        return .refused(found)
    }
}
