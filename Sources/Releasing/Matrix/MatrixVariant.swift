import BuildGraph
import Diagnostics
import JSON

/// One release of a matrix: an asset id, and what is set otherwise than in the base.
package struct MatrixVariant: Sendable {
    /// What everything of it is tagged with.
    package let assetId: AssetId
    /// What is set, in the file's order.
    let settings: [(pointer: JSONPointer, value: JSONValue)]
    /// Where it stands.
    let location: String

    /// What belongs to the matrix and not to one of its variants, by the first name of a pointer.
    private static let fixed = ["kind", "assetId", "results", "account", "$schema"]

    /// Checks one element of `/variants`.
    init(_ reader: JSONReader) throws {
        let variant = try reader.object(allowing: ["assetId", "set"])
        let id = try variant.required("assetId")
        assetId = try AssetId(id.string(), location: id.location)
        location = reader.location
        guard let set = try variant.optional("set")?.object() else {
            settings = []
            return
        }
        settings = try set.names.map { name in
            let value = try set.required(name)
            return (try Self.pointer(name, value), value.value)
        }
    }

    private static func pointer(_ text: String, _ value: JSONReader) throws -> JSONPointer {
        let pointer: JSONPointer
        do {
            pointer = try JSONPointer(parsing: text)
        } catch let problem as Diagnostic {
            throw value.diagnostic(
                code: problem.code, summary: problem.summary, causes: problem.causes,
                hint: problem.hint)
        }
        guard let first = pointer.tokens.first, !fixed.contains(first) else {
            throw value.diagnostic(
                code: "manifest.fixed", summary: "a variant cannot set `\(text)`",
                hint: pointer.tokens.first == "assetId"
                    ? "write it as the variant's `assetId`"
                    : "set it in the matrix or in its base")
        }
        return pointer
    }

    /// The base as this variant has it.
    ///
    /// - Throws: `json.bad-pointer`.
    func applied(to base: JSONValue) throws -> JSONValue {
        var document = try base.setting(
            JSONPointer(tokens: ["assetId"]), to: .string(assetId.text))
        for (pointer, value) in settings { document = try document.setting(pointer, to: value) }
        return document
    }

    /// Over the id and what is set, in its order.
    package var digest: String {
        Digest.of(
            .array(
                [.string(assetId.text)]
                    + settings.flatMap { [.string($0.pointer.description), $0.value] }))
    }
}
