import JSON

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
