import CJansson
import Diagnostics
import OrderedCollections

extension JSONValue {
    /// Reads one JSON value; jansson does the parsing.
    ///
    /// - Parameters:
    ///   - bytes: the whole text, UTF-8.
    ///   - source: the file's name in errors.
    ///   - limits: how long and how deep the text may be.
    /// - Throws: `Diagnostic` of severity `.configuration` with code `json.syntax`,
    ///   `json.duplicate-key`, `json.trailing-garbage`, `json.bad-utf8`, `json.too-deep`,
    ///   `json.too-big` or `json.number-out-of-range`, whose location is `source:line:column`.
    package static func parse(
        _ bytes: some Collection<UInt8>, source: String, limits: JSONLimits = .standard
    ) throws -> JSONValue {
        let parsed = try bytes.withContiguousStorageIfAvailable { buffer in
            try JanssonReading(bytes: buffer, source: source, limits: limits).value()
        }
        if let parsed { return parsed }
        return try Array(bytes).withUnsafeBufferPointer { buffer in
            try JanssonReading(bytes: buffer, source: source, limits: limits).value()
        }
    }

    /// Reads a file that holds one JSON value.
    ///
    /// - Parameters:
    ///   - path: which file; also its name in errors.
    ///   - limits: how long and how deep the text may be.
    /// - Throws: `json.unreadable` and what `parse(_:source:limits:)` throws.
    package static func parse(
        contentsOf path: String, limits: JSONLimits = .standard
    ) throws -> JSONValue {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path, limitBytes: limits.sizeBytes)
        } catch let problem as Diagnostic {
            throw Diagnostic(
                code: problem.code == "file.too-big" ? "json.too-big" : "json.unreadable",
                severity: .configuration, summary: problem.summary, location: path,
                causes: problem.causes, hint: problem.hint)
        }
        return try parse(bytes, source: path, limits: limits)
    }
}

/// One run of jansson over one text.
private struct JanssonReading {
    let bytes: UnsafeBufferPointer<UInt8>
    let source: String
    let limits: JSONLimits

    func value() throws -> JSONValue {
        let failure = JSONSyntaxFailure(bytes: bytes, source: source)
        guard bytes.count <= limits.sizeBytes else {
            throw Diagnostic(
                code: "json.too-big", severity: .configuration,
                summary: "the text has \(bytes.count) bytes, more than \(limits.sizeBytes)",
                location: source, hint: "check that this is the right file")
        }
        switch offsetBeyondLimits() {
        case .depth(let offset)?: throw failure.tooDeep(at: offset, limits.depth)
        case .values(let offset)?: throw failure.tooMany(at: offset, limits.values)
        case nil: break
        }
        var error = json_error_t()
        let root = bytes.withMemoryRebound(to: CChar.self) { characters in
            // An empty buffer may have no address, which jansson takes for a wrong argument.
            if let start = characters.baseAddress {
                shim_json_load(start, characters.count, &error)
            } else {
                shim_json_load("", 0, &error)
            }
        }
        guard let root else { throw failure.diagnostic(of: error) }
        defer { json_decref(root) }
        return try convert(root)
    }

    /// Which limit is exceeded, and at which byte.
    private enum Excess {
        case depth(Int)
        case values(Int)
    }

    /// Where an array or object opens that is nested too deeply, or a value is one too many; nil
    /// where none is.
    ///
    /// Looked for before parsing, because jansson's own limit of depth is fixed and much larger,
    /// and it knows none of memory.
    private func offsetBeyondLimits() -> Excess? {
        var depth = 0
        var values = 1
        var inString = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): inString.toggle()
            case UInt8(ascii: "\\") where inString: index += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if inString { break }
                depth += 1
                values += 1
                if depth > limits.depth { return .depth(index) }
                if values > limits.values { return .values(index) }
            case UInt8(ascii: ","):
                if inString { break }
                values += 1
                if values > limits.values { return .values(index) }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if !inString { depth -= 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    private func convert(_ value: UnsafeMutablePointer<json_t>) throws -> JSONValue {
        switch shim_json_type(value) {
        case JSON_OBJECT: try convertObject(value)
        case JSON_ARRAY:
            .array(
                try (0..<json_array_size(value)).compactMap { index in
                    try json_array_get(value, index).map { try convert($0) }
                })
        case JSON_STRING: .string(text(json_string_value(value), json_string_length(value)))
        case JSON_INTEGER: .integer(Int64(json_integer_value(value)))
        case JSON_REAL: .number(json_real_value(value))
        case JSON_TRUE: .bool(true)
        case JSON_FALSE: .bool(false)
        default: .null
        }
    }

    private func convertObject(_ object: UnsafeMutablePointer<json_t>) throws -> JSONValue {
        var members = OrderedDictionary<String, JSONValue>(
            minimumCapacity: json_object_size(object))
        var position = json_object_iter(object)
        while let member = position {
            let key = text(json_object_iter_key(member), json_object_iter_key_len(member))
            if let value = json_object_iter_value(member) {
                let earlier = members.updateValue(try convert(value), forKey: key)
                // Swift compares text by meaning: `é` in one and in two scalars are one key.
                guard earlier == nil else {
                    throw Diagnostic(
                        code: "json.duplicate-key", severity: .configuration,
                        summary: "two keys are `\(key)`, written with different Unicode scalars",
                        location: source, hint: "remove one of them")
                }
            }
            position = json_object_iter_next(object, member)
        }
        return .object(members)
    }

    private func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        UnsafeBufferPointer(start: start, count: count).withMemoryRebound(to: UInt8.self) {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
