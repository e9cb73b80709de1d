import JSON

/// What a command's own options set in the manifest.
enum Setting {
    /// The values that there are, in the notation of `--set`: as JSON, so that a version `3` is a
    /// text.
    static func texts(_ values: [(pointer: String, value: JSONValue?)]) -> [String] {
        values.compactMap { pointer, value in value.map { "\(pointer)=\($0.compactText)" } }
    }
}
