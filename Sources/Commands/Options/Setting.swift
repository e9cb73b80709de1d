import JSON

/// What a command's own options set in the manifest.
enum Setting {
    /// The values that there are, in the notation of `--set`: as JSON, so that a version `3` is a
    /// text.
    static func texts(_ values: [(pointer: String, value: JSONValue?)]) -> [String] {
        values.compactMap { pointer, value in value.map { "\(pointer)=\($0.compactText)" } }
    }
}

/// `--vm-image-format`, which replaces the manifest's list.
enum ImageFormats {
    /// The value of `/export/formats`; nil to leave it as it is.
    ///
    /// A format written twice counts once; what is no format is found by the manifest's reader.
    static func setting(_ formats: [String]) -> JSONValue? {
        guard !formats.isEmpty else { return nil }
        var seen: Set<String> = []
        return .array(
            formats.map { $0.uppercased() }.filter { seen.insert($0).inserted }
                .map { .string($0) })
    }
}
